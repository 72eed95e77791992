nodes 4
file x at A about 1
cut A B
cut A C
publish x
tick
sees D x pending
counts D 1 0
mend A C
tick
tick
sees D x live
sees C x live
counts D 1 1
