charter hold_hours = 48
nodes 2
file x at A about 1
publish x
notice x
wait 1 d
correct x 1000000
state x ready
wait 3 d
sees B x nothing
publish x
wait 3 d
sees B x nothing
notice x
wait 2 d
sees B x live
