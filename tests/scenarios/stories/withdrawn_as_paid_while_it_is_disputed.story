# Told in one that it was paid and is taken back: partners hear both, and hold nothing against A.
circle quarantine withdrawn_least = 1
circle quarantine withdrawn_percent = 1
nodes 2
file x at A about 1
file y at A about 2
publish x
publish y
tick
wait 1 d
dispute x
tick
withdraw x paid
state x withdrawn
tick
sees B x withdrawn
sees B y live
counts B 2 1
