"""One module for each benchmark, found by itself: a tuple `WORKS` of `benchmarks.frame.Work`."""
