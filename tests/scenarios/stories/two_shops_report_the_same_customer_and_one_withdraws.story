nodes 3
file x at A about 1
file y at B about 1
publish x
publish y
tick
counts C 1 2
counts A 1 1
withdraw x
tick
counts C 1 1
counts B 1 0
sees C x withdrawn
sees C y live
