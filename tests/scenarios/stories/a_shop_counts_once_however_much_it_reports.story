nodes 2
file x at A about 1
file y at A about 1
publish x
publish y
tick
counts B 1 1
withdraw x
tick
counts B 1 1
withdraw y
tick
counts B 1 0
