"""Is a part of a workbook more than any reader should be given: cells, merges, styles, names; asked while unpacking.

A million styles or merges is no book of ours and hangs a reader; a cell off the grid is written by no spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from xlperf.problems import Word, word

MOST: Mapping[str, tuple[tuple[bytes, int, str], ...]] = {  # kind of part → token, how many at most, what they are
    "sheet": ((b"<c ", 1_000_000, "单元格"), (b"<mergeCell ", 20_000, "合并单元格"), (b"<row ", 1_048_576, "行")),
    "styles": ((b"<xf ", 140_000, "单元格格式"),),  # formats and named formats together
    "workbook": ((b"<definedName ", 20_000, "名称"),),
}
TALLEST_MERGE = 20_000  # rows
_OFF_GRID = re.compile(
    rb'\sr="(?:[A-Z]{4,}\d+|(?:XF[E-Z]|X[G-Z][A-Z]|[YZ][A-Z]{2})\d+'
    rb'|[A-Z]{1,3}(?:104857[7-9]|10485[89]\d|1048[6-9]\d\d|1049\d{3}|10[5-9]\d{4}|1[1-9]\d{5}|[2-9]\d{6}|\d{8,}))"'
)
_PERHAPS_OFF = re.compile(rb'r="(?:[A-Z]{4}|X[F-Z][A-Z]|[YZ][A-Z]{2}|[A-Z]{1,3}\d{7})')  # sooner found, and more
_MERGE = re.compile(rb'<mergeCell ref="[A-Z]+(\d+):[A-Z]+(\d+)"')
_COUNT = re.compile(rb'uniqueCount="(\d+)"')
_TAIL = 64  # bytes of a chunk that are looked at again with the next one


def kind_of(part: str) -> str:
    """Return which limits a part has; "" for none. part: its name in lower case."""
    if part.startswith("xl/worksheets/") and part.endswith(".xml"):
        return "sheet"
    return {"xl/styles.xml": "styles", "xl/workbook.xml": "workbook", "xl/sharedstrings.xml": "strings"}.get(part, "")


class Weighing:
    """One part while it is unpacked. size: how many bytes it says it has, and no more are unpacked of it."""

    def __init__(self, part: str, size: int) -> None:
        self._kind, self._size, self._tail = kind_of(part), size, b""
        self._counts: dict[bytes, int] = {}
        kind = MOST.get(self._kind, ())
        self._counted = [
            (token, most, what) for token, most, what in kind if size > most * len(token)
        ]  # less is no room

    def too_much(self, chunk: bytes) -> Word | None:
        """Return what there is too much of, once there is. chunk: the next bytes of the part."""
        if not self._kind:
            return None
        text = self._tail + chunk
        for token, most, what in self._counted:
            self._counts[token] = self._counts.get(token, 0) + text.count(token) - self._tail.count(token)
            if self._counts[token] > most:
                return word("{what}超过{most}个", what=what, most=most)
        if self._kind == "sheet":
            if _PERHAPS_OFF.search(text) and _OFF_GRID.search(text):
                return word("有表格范围以外的单元格")
            if any(int(end) - int(first) > TALLEST_MERGE for first, end in _MERGE.findall(text)):
                return word("合并单元格的行数过多")
        if self._kind == "strings" and not self._tail:
            count = _COUNT.search(chunk)
            if count and int(count[1]) > max(1_000, self._size):
                return word("文字的个数与内容不符")
        self._tail = text[-_TAIL:]
        return None
