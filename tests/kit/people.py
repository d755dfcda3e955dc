"""A small scheme of three units, departments within them and people within those; two of the people have one name."""

from __future__ import annotations

from pathlib import Path

from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import Round, new_round

PEOPLE = "  people: {title: 人员, name: name, within: departments, by: department}\n"
SCHEME = (
    """\
scheme: staff-2026
title: 2026年度人员考核
issuer: 绩效办
document: 样板
year: 2026
office: 绩效办
scorers:
  - {name: 绩效办, basis: 一}
objects:
  units: {title: 单位, name: name}
  departments: {title: 科室, name: name, within: units, by: unit}
"""
    + PEOPLE
    + """\
tables:
  units: units.csv
  departments: departments.csv
  people: people.csv
sheets:
  people:
    title: 人员考核
    rows: people
    basis: 二
    private: [base]
    columns:
      id: {is: key, title: 工号}
      name: {is: fact, holds: text, title: 姓名}
      department: {is: fact, holds: text, title: 科室}
      base: {is: fact, title: 基础奖金}
      mark: {is: input, by: unit, title: 考核得分, role: self, low: 0, high: 100, required: yes}
      remark: {is: input, by: unit, holds: text, title: 说明, role: reason}
      unit:
        title: 单位
        basis: 二
        holds: text
        lookup: {of: departments.unit, key: department}
      honoured:
        title: 奖励加分
        basis: 三
        total: {of: honours.counts, where: {person: id}}
      score:
        title: 总分
        basis: 三
        adjusted: {score: mark, bonus: [honoured]}
      due:
        title: 应发奖金
        basis: 四
        role: money
        private: yes
        product: {factors: [base, score, 1%]}
      place:
        title: 名次
        basis: 五
        rank: {by: score, within: {unit: unit}}
      seat:
        title: 排列
        basis: 五
        rank: {by: score, within: {unit: unit}, ties: list}
  honours:
    title: 奖励
    rows: honours
    unit: person
    of: people
    basis: 三
    grows: 10
    columns:
      no: {is: key, title: 编号}
      person: {is: input, by: unit, holds: text, title: 工号, from: people, required: yes}
      item: {is: input, by: unit, holds: text, title: 事项, required: yes, role: label}
      points: {is: input, by: unit, title: 加分, low: 0, high: 5, required: yes}
      status:
        {is: input, by: office, holds: text, title: 审核, choices: [待审, 通过, 未通过], default: 待审, role: decision}
      counts:
        title: 计入
        basis: 三
        only_if: {points: points, conditions: [{column: status, is: 通过}]}
    claims: {status: 待审}
  departments:
    title: 科室
    rows: departments
    basis: 一
    columns:
      code: {is: key, title: 科室代码}
      name: {is: fact, holds: text, title: 科室名称}
      unit: {is: fact, holds: text, title: 单位代码}
      marks:
        title: 科室总分
        basis: 二
        total: {of: people.score, where: {department: code}}
  units:
    title: 单位
    rows: units
    basis: 一
    columns:
      code: {is: key, title: 单位代码}
      name: {is: fact, holds: text, title: 单位名称}
      marks:
        title: 单位总分
        basis: 二
        total: {of: departments.marks, where: {unit: code}}
rankings:
  - {sheet: people, group: unit, score: score, place: place, seat: seat, title: 个人排名}
"""
)
TABLES = {
    "units.csv": "code,name\nU1,城关镇\nU2,河东镇\nU3,北山镇\n",
    "departments.csv": "code,name,unit\nD1,党政办,U1\nD2,财政所,U1\nD3,农业办,U2\nD4,民政办,U3\n",
    "people.csv": (
        "id,name,department,base\n"
        "P1,张一平,D1,61001.25\nP2,王伟,D1,62002.5\nP3,李二妹,D2,63003.75\n"
        "P4,王伟,D3,64004.25\nP5,赵四海,D3,65005.5\nP6,钱五福,D4,66006.75\n"
    ),
}
OF_UNIT = {"U1": ("P1", "P2", "P3"), "U2": ("P4", "P5"), "U3": ("P6",)}
BASES = {row.split(",")[0]: row.split(",")[3] for row in TABLES["people.csv"].splitlines()[1:]}


def write(folder: Path, scheme: str = SCHEME, **tables: str) -> Path:
    """Write the scheme; tables: file name without its ending → other text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"scheme.yaml": scheme, **TABLES}.items():
        (folder / name).write_text(tables.get(name.partition(".")[0], text), "utf-8")
    return folder


def with_people(said: str) -> str:
    """Return the scheme with more said of its people: `book: each`, `sees: own`."""
    return SCHEME.replace(PEOPLE, PEOPLE.replace("}", f", {said}}}"), 1)


def staff_round(folder: Path, scheme: str = SCHEME, **tables: str) -> Round:
    """Make a round of it and hand out its books."""
    round_, problems = new_round(write(folder / "scheme", scheme, **tables), folder / "round", key=b"k" * 32)
    assert round_ is not None, [p.text() for p in problems]
    distribute(round_)
    return round_
