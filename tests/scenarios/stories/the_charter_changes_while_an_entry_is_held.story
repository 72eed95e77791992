# What it asks for when the hold ends is what counts.
charter hold_hours = 48
nodes 2
file x at A about 1
publish x
notice x
wait 1 d
adopt A second_person = true
adopt B second_person = true
tick
wait 1 d
state x ready
sees B x nothing
refused publish x
approve x
notice x
wait 2 d
sees B x live
