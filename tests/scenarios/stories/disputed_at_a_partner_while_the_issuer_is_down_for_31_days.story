# A is down when its buyer disputes at B. Nobody counts the report from the first minute on, and after
# 30 days it is withdrawn everywhere, though A has not spoken. A publishes both when it is back.
nodes 3
file X at A about 1
publish X
tick
sees B X live
sees C X live
stop A
wait 2 h
relay X at B
sees B X disputed
tick
sees C X disputed
counts C 1 0
wait 29 d
sees B X disputed
sees C X disputed
wait 2 d
sees B X withdrawn
sees C X withdrawn
start A
tick
state X withdrawn           # by the time of the statement
sees B X withdrawn
sees C X withdrawn
arrived X at C
