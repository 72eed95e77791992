# A publishes more in a day than the charter lets pass; each reader decides for itself when to count it again.
circle quarantine flood_least_reports = 2
nodes 3
file x at A about 1
publish x
tick
counts B 1 1
file y at A about 2
file z at A about 3
publish y
publish z
tick
sees B x set-aside
sees C z set-aside
counts B 1 0
counts C 3 0
# Days later it is still so, and good news goes on counting.
wait 5 d
counts B 1 0
withdraw y
tick
sees B y withdrawn
release A at B
counts B 1 1
counts C 1 0
sees B y withdrawn
# What comes at the usual pace afterwards counts there.
file w at A about 4
publish w
tick
counts B 4 1
counts C 4 0
refused release A at B
