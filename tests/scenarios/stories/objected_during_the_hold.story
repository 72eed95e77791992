charter hold_hours = 168
nodes 3
file x at A about 1
publish x
notice x
wait 2 d
dispute x
wait 10 d
state x disputed
sees B x nothing
resolve x upheld
state x ready
publish x
notice x
wait 7 d
sees B x live
