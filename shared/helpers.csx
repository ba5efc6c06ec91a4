// What the scripts share, by subject. A script loads this one file.
#load "stage.csx"
#load "scheduler.csx"
#load "stats.csx"
#load "sweep.csx"
#load "logs.csx"
#load "tables.csx"
#load "numbers.csx"
