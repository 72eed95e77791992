# A and C are down when the buyer disputes at B, and come back after the period.
nodes 3
file X at A about 1
publish X
tick
sees B X live
sees C X live
stop A
stop C
relay X at B
wait 31 d
sees B X withdrawn
start C
tick
sees C X withdrawn
start A
tick
state X withdrawn
