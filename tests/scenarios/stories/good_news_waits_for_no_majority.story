nodes 4
file x at A about 1
publish x
tick
sees D x live
sees B x live
cut A B
cut A C
withdraw x
tick
sees D x withdrawn
counts D 1 0
sees B x live
mend A B
mend A C
tick
sees B x withdrawn
