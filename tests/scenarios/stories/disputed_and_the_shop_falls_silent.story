# The reader's own clock ends it, and takes the body.
nodes 3
file x at A about 1
publish x
tick
sees B x live
sees C x live
dispute x
tick
stop A
wait 29 d
sees B x disputed
counts B 1 0
wait 2 d
sees B x withdrawn
sees C x withdrawn
wait 2 d
sees B x nothing
sees C x nothing
start A
tick
state x withdrawn
wait 2 d
state x erased
sees B x nothing
