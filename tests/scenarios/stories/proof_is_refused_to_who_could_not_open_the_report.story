# C has the entry like everybody, and does not know of whom it is. B knows, and a manager refuses.
nodes 3
file X at A about 1
proof X
publish X
tick
sees B X live
refused ask X at C          # nothing opens it here
refused guess X by C        # a proof of the record key that is made up
refused disclose X to C     # nothing waits
got C X nothing
ask X at B
refuse X to B
refused disclose X to B
fetch X at B
got B X refused
wait 15 d
got B X refused
state X published
