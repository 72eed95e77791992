nodes 4
file x at A about 1
publish x
tick
dispute x
tick
cut A B
cut A C
resolve x upheld
tick
sees D x disputed
mend A B
tick
tick
sees D x live
