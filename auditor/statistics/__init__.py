"""Arrays in, numbers out: permutation tests, intervals, reliability, metrics; knows no audit."""
