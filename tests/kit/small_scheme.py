"""A small scheme with one of everything, as text, for tests that spoil it in one place."""

from pathlib import Path

SCHEME = """\
scheme: demo-2020
title: 示例考核
issuer: 示例办
document: 示〔2020〕1号
year: 2020
office: 考核办
scorers:
  - {name: 考核办, basis: 一}
  - {name: 财政局, basis: 二}
tables:
  units: units.csv
  marks: marks.csv
checks:
  - {says: 单位3个, basis: 附件, count: units, equals: 3}
  - {says: 总分60分, basis: 附件, sum: marks.full, equals: 60}
  - {says: 各单位分值一致, basis: 附件, sum: marks.full, by: unit, equals: units.marks}
readings:
  ties:
    question: 并列怎么排？
    basis: 五
    options: {same: 并列, list: 按名单}
    adopted: same
figures:
  share: {value: 80%, title: 结果权重, basis: 四}
sheets:
  marks:
    title: 得分
    rows: marks
    unit: unit
    scorer: scorer
    basis: 三
    columns:
      id: {is: key, title: 编号}
      unit: {is: fact, holds: text, title: 单位}
      full: {is: fact, title: 分值}
      scorer: {is: fact, holds: text, title: 考核主体}
      target: {is: fact, title: 目标}
      due: {is: fact, holds: date, title: 期限}
      direction: {is: fact, holds: text, title: 方向}
      assumed: {is: fact, holds: text, title: 待补, role: assumed}
      actual: {is: input, by: lead, title: 完成值, exempt: yes, asked: [{column: target, is_given: yes}]}
      score:
        title: 得分
        basis: 三1
        achieve: {full: full, actual: actual, target: target, direction: direction}
  events:
    title: 台账
    rows: events
    unit: unit
    basis: 四
    grows: 10
    columns:
      no: {is: key, title: 编号}
      unit: {is: input, by: office, holds: text, title: 单位, from: units}
      kind: {is: input, by: 财政局, holds: text, title: 类别, choices: [加分, 减分], default: 加分}
    claims: {kind: 加分}
  A:
    title: 部门
    rows: units
    where: {class: A}
    basis: 五
    columns:
      code: {is: key, title: 代码}
      group: {is: fact, holds: text, title: 组别}
      marks: {is: fact, title: 分值}
      result:
        title: 结果
        basis: 五1
        total: {of: marks.score, where: {unit: code}}
      process: {is: input, by: office, title: 过程, low: 0, default: 0}
      final:
        title: 综合
        basis: 五2
        weighted: {parts: {result: share, process: 20%}, weights_sum: 1}
      place:
        title: 名次
        basis: 五3
        rank: {by: final, within: {group: group}, ties: {reading: ties}}
  B:
    title: 乡镇
    like: A
    where: {class: B}
    basis: 六
    columns:
      extra: {before: process, is: input, by: office, title: 附加}
rankings:
  - {sheet: A, group: group, score: final, place: place, seat: place, title: 部门排名}
examples:
  - id: E1
    basis: 三
    rule: achieve
    rows:
      - {full: 10, actual: 5, target: 10, direction: 正向, gives: 5}
    steps: 10×5÷10
  - id: E2
    basis: 五
    tables:
      units: [{code: T, class: A, group: 组}]
    gives:
      A: {T: {place: 1}}
    readings: {ties: list}
    figures: {share: 70%}
    steps: 各项为0，只有一家，第1名
"""

TABLES = {
    "units.csv": "code,class,group,marks,note\nU1,A,甲组,10,\nU2,A,甲组,20,\nU3,B,乙组,30,\n",
    "marks.csv": (
        "id,unit,full,scorer,target,due,direction,assumed\n"
        "M1,U1,10,,5,2020-12-31,正向,\n"
        "M2,U2,20,财政局,,,,\n"
        "M3,U3,30,考核办,5,2020-12-31,逆向,\n"
    ),
}

FILES = {"scheme.yaml": SCHEME, **TABLES}
MARK = "»"  # stands where a problem is expected to point


def write(folder: Path, **changed: str) -> Path:
    """Write the small scheme; changed: file name without its ending → other text."""
    for name, text in FILES.items():
        stem = name.partition(".")[0]
        (folder / name).write_text(changed.get(stem, text), "utf-8", newline="")
    return folder


def spoil(folder: Path, file: str, old: str, new: str) -> tuple[int, int]:
    """Write the small scheme with one place changed; return line and column of the mark in the new text."""
    assert FILES[file].count(old) >= 1, f"{old} does not stand in {file}"
    text = FILES[file].replace(old, new, 1)
    before, mark, _ = text.partition(MARK)
    write(folder, **{file.partition(".")[0]: text.replace(MARK, "")})
    return (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1) if mark else (0, 0)
