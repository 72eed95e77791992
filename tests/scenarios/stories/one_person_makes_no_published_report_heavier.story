charter second_person = true
nodes 2
file x at A about 1
approve x
tick
refused correct x 9000000
correct x 1000000
tick
refused correct x 4500000    # what was approved then, too
state x corrected
sees B x live
# What it was withdrawn for can be filed anew, and is seen by a second person.
withdraw x
tick
file y at A about 1
approve y
tick
sees B y live
