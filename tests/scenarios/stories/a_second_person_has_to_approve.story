charter second_person = true
nodes 2
file x at A about 1
state x ready
refused publish x
approve x
tick
state x published
sees B x live
