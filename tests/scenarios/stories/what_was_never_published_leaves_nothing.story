charter hold_hours = 48
nodes 2
file x at A about 1
publish x
notice x
erase x
wait 3 d
state x gone
sees B x nothing
refused settle x
