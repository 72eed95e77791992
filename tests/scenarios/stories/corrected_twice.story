nodes 3
file x at A about 1
publish x
tick
correct x 1000000
tick
state x corrected
sees B x live
correct x 500000
tick
sees C x live
refused correct x 500000
settle x
tick
sees B x settled
refused correct x 400000
