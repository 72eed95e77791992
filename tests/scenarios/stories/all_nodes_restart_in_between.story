nodes 3
file x at A about 1
publish x
tick
sees B x live
dispute x
tick
stop A
stop B
stop C
start A
start B
start C
tick
sees B x disputed
state x disputed
resolve x withdrawn
tick
sees C x withdrawn
