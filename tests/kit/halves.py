"""A small scheme of two half-years and a year, with what it reads of rounds before; and rounds of it, filled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.rounds.store import Round, new_round, open_round

SCHEME = """\
scheme: halves
title: 半年考核
issuer: 绩效办
document: 绩〔2026〕1号
year: 2026
office: 绩效办
scorers:
  - {name: 绩效办, basis: 一}
objects:
  units: {title: 考核对象, name: name, aliases: aliases}
tables:
  units: units.csv
periods:
  - {id: h1, title: 上半年}
  - {id: y, title: 年度, after: h1}
earlier:
  half:
    title: 半年结果
    basis: 五
    from: {period: h1}
    sheet: totals
    take: [score, note]
  last:
    title: 上年结果
    basis: 六
    from: {year: -1}
    sheet: totals
    take: [result, place]
  history:
    title: 历年先进
    basis: 七
    from: {years: 2}
    sheet: totals
    take: [advanced]
  late:
    title: 上年结转加分
    basis: 八
    from: {year: -1}
    sheet: events
    take: [points, item]
    where: {status: 结转}
sheets:
  events:
    title: 加分台账
    rows: events
    unit: unit
    basis: 八
    grows: 10
    columns:
      no: {is: key, title: 编号}
      unit: {is: input, by: office, holds: text, title: 单位代码, from: units}
      item: {is: input, by: office, holds: text, title: 事项, role: label}
      points: {is: input, by: office, title: 分值}
      status: {is: input, by: office, holds: text, title: 状态, choices: [通过, 结转]}
      counts: {title: 计入, basis: 八, only_if: {points: points, conditions: [{column: status, is: 通过}]}}
  totals:
    title: 成绩
    rows: units
    basis: 一
    columns:
      code: {is: key, title: 单位代码}
      name: {is: fact, holds: text, title: 单位}
      group: {is: fact, holds: text, title: 组别}
      score: {is: input, by: office, title: 本期得分, low: 0, high: 100, required: yes, role: score}
      note: {is: input, by: office, holds: text, title: 说明, periods: [y]}
      half_score: {title: 半年得分, basis: 五, lookup: {key: code, of: half.score}}
      blend: {title: 半年三成年度七成, basis: 五, weighted: {parts: {half_score: 30%, score: 70%}, weights_sum: 100%}}
      own: {title: 本期成绩, basis: 五, first_of: {scores: [{reading: period, h1: score, y: blend}]}}
      bonus: {title: 加分, basis: 八, total: {of: events.counts, where: {unit: code}}}
      carried: {title: 上年结转加分, basis: 八, total: {of: late.points, where: {unit: code}}}
      result: {title: 成绩, basis: 一, adjusted: {score: own, bonus: [bonus, carried], deductions: []}}
      place: {title: 名次, basis: 一, rank: {by: shown, within: {group: group}}}
      shown: {title: 成绩（公布）, basis: 一, shown: 2, shown_at: {score: result, digits: 2}}
      seat: {title: 顺序, basis: 一, rank: {by: shown, within: {group: group}, ties: list}}
      advanced:
        title: 先进
        basis: 七
        holds: text
        role: award
        choose: {branches: [{when: [{column: place, at_most: 1}], then: 是}], otherwise: 否}
      before1: {title: 上年先进, basis: 七, holds: text, lookup: {key: code, of: history.advanced_1}}
      before2: {title: 前年先进, basis: 七, holds: text, lookup: {key: code, of: history.advanced_2}}
      run: {title: 连续先进年数, basis: 七, in_a_row: {says: 是, cells: [advanced, before1, before2]}}
      three:
        title: 连续三年先进
        basis: 七
        holds: text
        choose: {branches: [{when: [{column: run, at_least: 3}], then: 是}], otherwise: 否}
      place_before: {title: 上年名次, basis: 六, lookup: {key: code, of: last.place}}
      risen: {title: 名次上升, basis: 六, change: {now: place_before, before: place}}
rankings:
  - {sheet: totals, group: group, score: shown, place: place, seat: seat, title: 排名}
examples:
  - id: H-1
    basis: 五
    steps: 80×30％＋90×70％＝87
    tables:
      units: [{code: A, name: 甲, group: 组, score: 90}]
      half: [{code: A, score: 80}]
      history: [{code: A, advanced_1: 是, advanced_2: 是}]
      late: [{no: 1, unit: A, points: 2}]
      last: [{code: A, place: 3}]
    gives:
      totals: {A: {blend: 87, result: 89, three: 是, risen: 2}}
    alternatives:
      - readings: {period: h1}
        gives:
          totals: {A: {result: 92}}
"""
UNITS = "code,name,group,aliases\nA,甲局,组,\nB,乙局,组,\nC,丙局,组,\n"


def halves(folder: Path, units: str = UNITS, scheme: str = SCHEME) -> Path:
    """Write the scheme."""
    folder.mkdir(parents=True)
    (folder / "scheme.yaml").write_text(scheme, "utf-8")
    (folder / "units.csv").write_text(units, "utf-8")
    return folder


def begun(scheme: Path, folder: Path, **options) -> Round:
    """Start a round that must be in order."""
    round_, problems = new_round(scheme, folder, key=folder.name.encode().ljust(32, b"."), **options)
    assert round_ is not None, problems
    return round_


def typed(round_: Round, scores: Mapping[str, str], events: Mapping[str, tuple[str, str, str]] | None = None) -> Round:
    """Record what the office typed: unit → score, number → unit, points, status; return the round opened anew."""
    cells = [CellText("totals", unit, "score", text) for unit, text in scores.items()]
    for number, (unit, points, status) in (events or {}).items():
        row = {"unit": unit, "points": points, "status": status, "item": "表彰"}
        cells += [CellText("events", number, name, text) for name, text in row.items()]
    digest = f"{len(round_.state().receipts):064x}"
    receipt = Receipt(digest, "总表.xlsx", "master", "", 1, "accepted", cells=tuple(cells))
    record_receipts(round_.ledger, receipt)
    return opened(round_.folder)


def opened(folder: Path) -> Round:
    """Open a round that must be in order."""
    round_, problems = open_round(folder)
    assert round_ is not None, problems
    return round_
