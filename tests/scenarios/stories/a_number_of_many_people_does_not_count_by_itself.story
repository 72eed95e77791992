# A kiosk's number: three buyers of three shops are known by it.
circle shared_identifier live_reports = 2
nodes 4
file x at A about 1
file y at B about 1
publish x
publish y
tick
counts D 1 2
file z at C about 1
publish z
tick
counts D 1 0
sees D x set-aside
# One is paid: what is left is no more than one person's.
settle z
tick
counts D 1 3
file w at C about 1
publish w
tick
counts D 1 0
clear 1 at D
counts D 1 3
# Elsewhere nobody has looked.
counts A 1 0
