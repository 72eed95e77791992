nodes 3
file x at A about 1
publish x
tick
sees B x live
dispute x
wait 29 d
sees B x disputed
wait 1 d
state x withdrawn
sees B x withdrawn
wait 48 h
sees B x nothing
