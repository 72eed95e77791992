nodes 3
file x at A about 1
publish x
tick
arrived x at B
cut A B
withdraw x
tick
wait 2 h
behind x at B
arrived x at C
sees C x withdrawn
mend A B
tick
arrived x at B
sees B x withdrawn
