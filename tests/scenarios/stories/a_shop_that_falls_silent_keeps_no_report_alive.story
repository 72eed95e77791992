charter retention_months = 2
nodes 3
file x at A about 1
publish x
tick
sees B x live
sees C x live
stop A
wait 29 d
sees B x live
wait 1 d
sees B x expired
sees C x expired
counts B 1 0
