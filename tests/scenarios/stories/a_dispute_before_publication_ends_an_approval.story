# Proof and reminders may change while it is a draft again: somebody else has to see them.
charter second_person = true
nodes 2
file x at A about 1
approve x
dispute x
state x disputed
resolve x upheld
state x ready
proof x
refused publish x
tick
sees B x nothing
approve x
tick
sees B x live
