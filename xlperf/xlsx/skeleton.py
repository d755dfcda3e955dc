"""The skeleton of a workbook of ours: what stands in which row of a table, and the signs that a reader looks for.

A table has the same rows on every worksheet, and a hidden column A with the key of each row. The hidden worksheet
`MAP` says where every table, column and row was issued. Nothing else says these things again.
"""

from __future__ import annotations

TITLE, UNDER, STATE, NAMES, BASIS, HEAD, BODY = range(7)  # rows of a table counted from 0; BODY is its first row
MARK = "xlperf"  # what the corner of a table says, so that a reader finds it after any change of layout
UNPLACED = "—"  # what stands for the place of a unit that has none
SPARE = "+"  # what the key of a row for new entries starts with
MAP = "_xlperf"  # the hidden worksheet
ANCHORED = "台账校验码"  # what stands before the code of the ledger, wherever a ranking is published
