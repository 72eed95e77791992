# A buyer says at B that what A reports is wrong. A's node publishes the dispute without being asked.
nodes 3
file X at A about 1
publish X
tick
sees B X live
sees C X live
relay X at B
sees B X disputed           # before anything is sent
counts B 1 0
tick
state X disputed
sees C X disputed
arrived X at B
arrived X at C
relay X at B                # again: it stays as it is
refused relay X at C        # it is disputed already
tick
state X disputed
wait 1 d
resolve X upheld
tick
tick
sees B X live
sees C X live
wait 1 d
relay X at C                # and again, with another partner
sees C X disputed
tick
state X disputed
sees B X disputed
