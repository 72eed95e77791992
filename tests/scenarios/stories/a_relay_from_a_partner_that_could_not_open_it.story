# B knows of an entry and not of whom it is. What it sends has no effect, at A and at C.
nodes 3
file X at A about 1
publish X
tick
sees C X live
refused forge X by B to A
state X published
forge X by B to C           # it cannot tell before it opens the report
sees C X live
counts C 1 1
tick
state X published
sees C X live
