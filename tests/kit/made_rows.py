"""A small scheme whose rows are made from tables: people × months, units × items of their class."""

SCHEME = """\
scheme: made-2026
title: 配行示例
issuer: 示例办
document: 示〔2026〕1号
year: 2026
office: 考核办
scorers:
  - {name: 考核办, basis: 一}
tables: {units: units.csv, people: people.csv, items: items.csv}
objects:
  units: {title: 单位, name: name}
  people: {title: 人员, name: name, within: units, by: unit}
sheets:
  months:
    title: 按月
    rows: {each: {person: people}, over: {month: 1..12}, while: [{column: joined, at_most: month, blank: 0}]}
    unit: unit
    basis: 二
    columns:
      id: {is: key, title: 编号}
      person: {is: fact, holds: text, title: 人员}
      unit: {is: fact, holds: text, title: 单位}
      name: {is: fact, holds: text, title: 姓名, role: label}
      joined: {is: fact, title: 到岗月份}
      month: {is: fact, title: 月份}
      rate:
        title: 标准
        basis: 二
        lookup: {key: person, of: people.rate}
      share: {is: input, by: unit, title: 比例, low: 0, high: 1, decimals: 2, required: yes}
      paid:
        title: 当月
        role: score
        basis: 二
        product: {factors: [rate, share]}
  points:
    title: 逐项得分
    rows: {each: {unit: units}, with: {item: items}, on: {class: class}, take: {item_name: item.name}}
    unit: unit
    basis: 三
    columns:
      id: {is: key, title: 编号}
      unit: {is: fact, holds: text, title: 单位}
      item: {is: fact, holds: text, title: 项目代码}
      item_name: {is: fact, holds: text, title: 项目, role: label}
      full: {is: fact, title: 分值, role: full}
      lead: {is: input, by: office, title: 得分, low: 0, high: full, decimals: 2, required: yes, role: score}
  people:
    title: 人员
    rows: people
    unit: unit
    basis: 二
    columns:
      id: {is: key, title: 编号}
      unit: {is: fact, holds: text, title: 单位}
      name: {is: fact, holds: text, title: 姓名}
      rate: {is: fact, title: 标准}
      joined: {is: fact, title: 到岗月份}
      year_paid:
        title: 全年
        basis: 二
        total: {of: months.paid, where: {person: id}}
      months:
        title: 月数
        basis: 二
        counted: {of: months, where: {person: id}}
  totals:
    title: 总分
    rows: units
    basis: 三
    columns:
      code: {is: key, title: 代码}
      name: {is: fact, holds: text, title: 单位}
      class: {is: fact, holds: text, title: 类别}
      points:
        title: 总分
        basis: 三
        total: {of: points.lead, where: {unit: code}, blanks: stop}
      paid:
        title: 全年发放
        basis: 二
        total: {of: months.paid, where: {unit: code}}
  items:
    title: 项目
    rows: items
    basis: 三
    columns:
      item: {is: key, title: 代码}
      name: {is: fact, holds: text, title: 项目}
      class: {is: fact, holds: text, title: 类别}
      full: {is: fact, title: 分值}
examples:
  - id: E1
    basis: 二
    tables:
      units: [{code: T, name: 甲局, class: 局}]
      people: [{id: P, unit: T, name: 甲, rate: 100, joined: 11}]
      months: [{id: P-11, share: 1}, {id: P-12, share: 0.5}]
    gives:
      people: {P: {months: 2, year_paid: 150}}
      totals: {T: {paid: 150}}
    steps: 11、12两个月，100＋50
"""
