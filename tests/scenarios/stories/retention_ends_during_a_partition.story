# It occurred on the first of October.
charter retention_months = 2
nodes 2
file x at A about 1
publish x
tick
sees B x live
cut A B
wait 29 d
sees B x live
wait 1 d
state x expired
sees B x expired
counts B 1 0
mend A B
tick
sees B x nothing
arrived x at B
