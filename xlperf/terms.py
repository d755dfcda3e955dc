"""The glossary: each English name of the code and its Chinese word, once.

Code speaks English, data and headings speak Chinese. Words that stand in cells and are compared by
rules (正向, 逆向 …) have a name here, so that no rule spells one on its own.
"""

from __future__ import annotations

from typing import Final

TERMS: Final = {
    "scheme": "考核方案",
    "round": "考核轮次",
    "period": "期",
    "freeze": "封存",
    "earlier results": "前期结果",
    "unit": "考核对象",
    "object": "对象",
    "holder": "领表者",
    "private": "不公开",
    "group": "考核组别",
    "indicator": "指标",
    "direction": "指标方向",
    "actual": "完成值",
    "target": "目标值",
    "completion": "完成率",
    "weight": "权重",
    "full mark": "分值",
    "base score": "基础分",
    "bonus": "加分",
    "deduction": "扣分",
    "cap": "封顶",
    "score": "得分",
    "composite": "综合得分",
    "veto": "一票否决",
    "tier": "档",
    "grade": "等级",
    "coefficient": "系数",
    "rank": "名次",
    "tie": "并列",
    "ranking": "排名",
    "award": "奖项",
    "quota": "名额",
    "exempt": "不适用",
    "not reported": "未报",
    "submission": "上报",
    "seal": "封签",
    "problem": "问题",
    "remedy": "处理办法",
    "appeal": "复核",
    "reading": "口径",
    "basis": "依据",
    "example": "算例",
    "part": "部件",
    "scorer": "考核主体",
    "evidence": "佐证材料",
    "ledger": "台账",
}

ROLES: Final = {  # what a column is to whoever reads on from the plan: page, paper, explanation, comparison
    "label": "这一行说的是什么：指标内容、事项",
    "name": "考核对象的名称（objects里写了的不用再写）",
    "number": "同一单位内的序号：和单位一起指明一行",
    "full": "分值",
    "target": "目标值",
    "measure": "这一行的数以什么计：%、万元、个",
    "actual": "单位报的完成值",
    "verified": "核定的完成值",
    "self": "自评得分",
    "lead": "考核主体打的分",
    "onsite": "现场考核得分",
    "onsite_actual": "现场核定的完成值",
    "score": "这一行的得分",
    "account": "完成情况",
    "evidence": "佐证材料",
    "reason": "扣分原因及依据",
    "composite": "综合得分，排名所依",
    "group": "考核组别",
    "place": "名次",
    "seat": "排列顺序",
    "award": "奖项、等次",
    "money": "金额",
    "decision": "办公室对申报的决定（可选值依次是待定、通过、未通过）",
    "assumed": "为“是”时这一行是示例或待补，须由办公室落实",
    "prose": "一段话：靠左写，占余下的宽度",
    "origin": "从本年前几期接着算的登记：出处；有出处的行锁定",
    "warning": "为“是”时公布前须有人看过",
}
SINGLE_ROLES: Final = frozenset({  # one column of a sheet; of what rankings name, one a ranking
    "label", "name", "number", "full", "target", "measure", "actual", "verified", "self", "lead", "onsite",
    "onsite_actual", "score", "decision", "assumed", "composite", "group", "place", "seat", "origin",
})  # fmt: skip
IN_POINTS: Final = frozenset({"full", "self", "lead", "onsite", "score", "composite"})  # counted in 分
IN_PROSE: Final = frozenset({"label", "account", "evidence", "reason", "prose"})  # sentences
IN_WORDS: Final = IN_PROSE | {"name", "measure", "decision", "assumed", "warning", "origin"}  # hold text, never numbers
SERVING: Final = frozenset({  # not read before the rest
    "number", "target", "measure", "decision", "assumed", "prose", "origin",
})  # fmt: skip
POINTS: Final = "分"

HIGHER: Final = "正向"
LOWER: Final = "逆向"
