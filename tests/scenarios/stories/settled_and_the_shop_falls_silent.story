nodes 2
file x at A about 1
publish x
tick
sees B x live
settle x
tick
stop A
wait 47 h
sees B x settled
wait 1 h
sees B x withdrawn
wait 48 h
sees B x nothing
