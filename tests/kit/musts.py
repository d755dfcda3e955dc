"""A small scheme with one rule for the data of each kind: unique, given, a sum, conditions."""

SCHEME = """\
scheme: pay
title: 兑现
issuer: 绩效办
document: 绩〔2026〕2号
year: 2026
office: 绩效办
scorers: [{name: 绩效办, basis: 一}]
objects:
  units: {title: 单位, name: name}
tables: {units: units.csv, people: people.csv, pools: pools.csv}
must:
  - {says: 每人每月只预发一次, basis: 三, unique: [advances.person, advances.month], stops: [advances.counts]}
  - {says: 每人有系数, basis: 二, given: people.coefficient, stops: [people.due]}
  - {says: 合计等于总量, basis: 四, sum: people.share, by: pool, equals: pools.amount, stops: [people.paid]}
  - says: 预发不超过总量
    basis: 三
    rows: advances
    holds: [{column: money, at_most: 1000}]
    when: [{column: person, is_given: yes}]
sheets:
  advances:
    title: 预发
    rows: advances
    basis: 三
    grows: 5
    columns:
      no: {is: key, title: 编号}
      person: {is: input, by: office, holds: text, title: 人}
      month: {is: input, by: office, title: 月份}
      money: {is: input, by: office, title: 金额}
      counts: {title: 计入, basis: 三, limited: {score: money, high: 900}}
  people:
    title: 人员
    rows: people
    basis: 二
    columns:
      id: {is: key, title: 编号}
      name: {is: fact, holds: text, title: 姓名, role: name}
      pool: {is: fact, holds: text, title: 总量}
      share: {is: fact, title: 份额}
      coefficient: {is: input, by: office, title: 系数}
      base: {is: fact, title: 基数}
      due: {title: 应发, basis: 二, role: money, product: {factors: [base, coefficient]}}
      paid: {title: 预发, basis: 三, total: {of: advances.counts, where: {person: id}}}
  pools:
    title: 总量
    rows: pools
    basis: 四
    columns:
      key: {is: key, title: 总量}
      amount: {is: fact, title: 金额}
      due: {title: 应发合计, basis: 四, total: {of: people.due, where: {pool: key}}}
  units:
    title: 单位
    rows: units
    basis: 一
    columns:
      code: {is: key, title: 代码}
      name: {is: fact, holds: text, title: 单位}
"""
