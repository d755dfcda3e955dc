"""The three units with limits that are computed: in the row, from other inputs, and from the marks of a unit."""

import shutil
from pathlib import Path

from xlperf.scheme.find import find_scheme

LEAD = "      lead: {is: input, by: lead, title: 核定得分, low: 0, high: full, "
CEILING = """\
      ceiling:
        title: 可得上限
        basis: 样板 第三条
        limited: {score: full, high: 15}
      extra: {is: input, by: unit, title: 追加得分, low: 0, high: reached, decimals: 2}
      reached:
        title: 追加上限
        basis: 样板 第三条
        limited: {score: self, high: 10}
"""
BEFORE = "      reason: {is: input, by: lead"
TOTAL = "      claimed: {title: 加分合计"
GRANT = "      grant: {is: input, by: office, title: 酌情加分, low: 0, high: points, decimals: 2}\n"


def with_computed_limits(folder: Path) -> Path:
    """Write the scheme: `self` up to `ceiling`, `extra` up to `reached`, `grant` up to the unit's `points`."""
    source = find_scheme("three-units")[0]
    assert source is not None
    shutil.copytree(source if source.is_dir() else source.parent, folder)
    file = folder / "scheme.yaml"
    text = file.read_text("utf-8").partition("\nexamples:")[0] + "\n"
    for old, new in (
        ("title: 自评得分, low: 0, high: full,", "title: 自评得分, low: 0, high: ceiling,"),
        (BEFORE, CEILING + BEFORE),
        (TOTAL, GRANT + TOTAL),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    return folder


ELSEWHERE = """\
      whole: {title: 满分, basis: 样板 第三条, lookup: {key: unit, of: totals.full_mark}}
      tenth: {title: 满分的一成, basis: 样板 第三条, product: {factors: [whole, 10%]}}
      first: {is: input, by: unit, title: 附加一, low: 0, high: tenth}
      selves: {title: 本单位自评合计, basis: 样板 第三条, total: {of: this.self, where: {unit: unit}}}
      half: {title: 自评的一半, basis: 样板 第三条, product: {factors: [selves, 50%]}}
      second: {is: input, by: unit, title: 附加二, low: 0, high: half}
"""


def with_limits_elsewhere(folder: Path) -> Path:
    """Write the scheme: `first` up to a tenth of what the roster says, `second` up to half of the unit's `self`."""
    source = find_scheme("three-units")[0]
    assert source is not None
    shutil.copytree(source if source.is_dir() else source.parent, folder)
    file = folder / "scheme.yaml"
    text = file.read_text("utf-8").partition("\nexamples:")[0] + "\n"
    assert text.count(BEFORE) == 1
    file.write_text(text.replace(BEFORE, ELSEWHERE + BEFORE), "utf-8")
    return folder
