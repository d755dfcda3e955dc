"""The text of a small scheme of units and their people: what every such scheme has, with the lines that one adds."""

from __future__ import annotations

from textwrap import indent

_HEAD = """\
scheme: {scheme}
title: {title}
issuer: 绩效办
document: 绩〔2026〕{document}号
year: 2026
office: 绩效办
scorers: [{{name: 绩效办, basis: 一}}]
objects:
  units: {{title: 单位, name: name}}
{objects}tables: {{units: units.csv, people: people.csv{tables}}}
"""
_APPRAISED = "  people: {title: 人员, name: name, within: units, by: unit}\n"
_PEOPLE = """\
people:
  title: 人员
  rows: people
  unit: unit
  basis: 二
{private}  columns:
    id: {{is: key, title: 编号}}
    unit: {{is: fact, holds: text, title: 单位}}
    name: {{is: fact, holds: text, title: 姓名, role: name}}
"""
_UNITS = """\
units:
  title: 单位
  rows: units
  basis: 一
  columns:
    code: {is: key, title: 代码}
    name: {is: fact, holds: text, title: 单位}
"""


def staff(
    scheme: str,
    title: str,
    document: int,
    people: str,
    *,
    units: str = "",
    tables: str = "",
    before: str = "",
    sheets: str = "",
    appraised: bool = True,
    private: str = "",
) -> str:
    """Return scheme.yaml. people, units: lines of columns that their sheets have besides.

    tables: more of them, before: blocks before the sheets, sheets: others, each as it is written. appraised: whether
    people are objects. private: columns of people that are.
    """
    head = _HEAD.format(
        scheme=scheme, title=title, document=document, tables=tables, objects=_APPRAISED if appraised else ""
    )
    own = _PEOPLE.format(private=f"  private: [{private}]\n" if private else "") + indent(people, "    ")
    return f"{head}{before}sheets:\n{indent(sheets + own + _UNITS + indent(units, '    '), '  ')}"
