# What a manager discloses arrives, and is gone at the asker when the report is erased: by the time
# that the issuer hears that the erasure has arrived, and after a restart.
nodes 3
file X at A about 1
proof X
publish X
tick
refused ask X at B          # it has not checked the buyer
sees B X live
ask X at B
got B X waiting
fetch X at B
got B X waiting             # nobody has decided
disclose X to B
got C X nothing
fetch X at B
got B X fetched
stop B
start B
tick
got B X fetched
erase X
tick
arrived X at B
got B X nothing
state X erased
tick
got B X nothing
refused ask X at B
