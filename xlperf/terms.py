"""The glossary: each English name of the code and its Chinese word, once.

Code speaks English, data and headings speak Chinese. Words that stand in cells and are compared by
rules (正向, 逆向 …) have a name here, so that no rule spells one on its own.
"""

from __future__ import annotations

from typing import Final

TERMS: Final = {
    "scheme": "考核方案",
    "round": "考核轮次",
    "unit": "考核对象",
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
    "scorer": "考核主体",
    "evidence": "佐证材料",
    "ledger": "台账",
}

HIGHER: Final = "正向"
LOWER: Final = "逆向"
