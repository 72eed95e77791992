charter hold_hours = 24
nodes 2
file x at A about 1
publish x
refused publish x
wait 30 d
state x held
sees B x nothing
notice x
wait 24 h
sees B x live
