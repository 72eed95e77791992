nodes 3
file x at A about 1
publish x
tick
sees B x live
counts B 1 1
settle x
tick
sees B x settled
arrived x at B
arrived x at C
wait 48 h
state x withdrawn
sees C x withdrawn
counts C 1 0
wait 48 h
state x erased
sees B x nothing
sees C x nothing
