nodes 3
file x at A about 1
publish x
tick
sees B x live
adopt A least_age_days = 7
tick
file y at A about 1
publish y
tick
sees B x live
sees B y pending
counts B 1 1
settle y
tick
sees B y pending
adopt B least_age_days = 7
tick
sees B x live
sees B y settled
sees C y pending
