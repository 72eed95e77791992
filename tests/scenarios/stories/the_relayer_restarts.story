# B cannot reach A, restarts, and goes on where it was.
nodes 3
file X at A about 1
publish X
tick
sees B X live
cut A B
relay X at B
tick
state X published
sees B X disputed
sees C X disputed
stop B
start B
sees B X disputed
tick
state X published
mend A B
tick
state X disputed
sees C X disputed
