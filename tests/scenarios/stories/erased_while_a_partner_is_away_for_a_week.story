nodes 3
file x at A about 1
publish x
tick
sees C x live
stop C
erase x
tick
sees B x nothing
wait 7 d
behind x at C
arrived x at B
start C
tick
sees C x nothing
arrived x at C
state x erased
