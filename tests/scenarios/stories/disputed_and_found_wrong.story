nodes 3
file x at A about 1
publish x
tick
dispute x
tick
resolve x withdrawn
tick
state x withdrawn
sees B x withdrawn
wait 48 h
state x erased
sees B x nothing
