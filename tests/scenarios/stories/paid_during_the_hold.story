# The customer pays while the notice period runs: nobody ever hears of it.
charter hold_hours = 168
nodes 3
file x at A about 1
publish x
notice x
wait 3 d
state x held
settle x
wait 10 d
state x settled
sees B x nothing
counts C 1 0
