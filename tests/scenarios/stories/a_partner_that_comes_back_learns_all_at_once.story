nodes 3
file x at A about 1
file y at A about 2
publish x
publish y
tick
sees C x live
sees C y live
stop C
dispute x
settle y
tick
resolve x upheld
tick
wait 3 d
start C
tick
sees C x live
sees C y withdrawn
