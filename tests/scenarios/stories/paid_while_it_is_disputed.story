nodes 2
file x at A about 1
publish x
tick
dispute x
tick
settle x
tick
state x settled
sees B x disputed
counts B 1 0
wait 48 h
state x withdrawn
sees B x withdrawn
