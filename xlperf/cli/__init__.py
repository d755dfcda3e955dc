"""The command line: parse words, call one function, print the answer.

Results go to stdout, progress and problems to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage,
3 done, with findings that a person should read.
"""

from xlperf.cli.door import main

__all__ = ["main"]
