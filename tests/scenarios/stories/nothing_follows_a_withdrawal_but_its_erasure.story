nodes 2
file x at A about 1
publish x
tick
withdraw x
tick
refused settle x
refused dispute x
refused correct x 100
refused withdraw x
erase x
tick
sees B x nothing
refused erase x
