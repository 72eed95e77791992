nodes 3
file x at A about 1
publish x
tick
sees B x live
dispute x
tick
sees B x disputed
counts B 1 0
resolve x upheld
tick
state x published
sees B x live
counts C 1 1
dispute x by shop
tick
sees C x disputed
