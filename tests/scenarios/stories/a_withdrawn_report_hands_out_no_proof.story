# A manager has disclosed; before the partner fetches, the report is withdrawn, and then erased.
nodes 2
file X at A about 1
proof X
publish X
tick
sees B X live
ask X at B
disclose X to B
withdraw X
fetch X at B
got B X lapsed
refused ask X at B
wait 3 d
got B X nothing
