"""The closed vocabulary of a scheme file: which keys stand where, what each takes, and what it means.

The reader checks against these tables and the editor's schema is written from them, so that neither
can know a key that the other does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from xlperf.terms import ROLES

YEAR = "year"  # what a figure says in the place of a number: the year of the round

Takes = Literal[
    "text",  # any text, not empty
    "year",  # four digits
    "whole",  # a whole number, not negative
    "figure",  # 100, 0.5, 80%, 2/3
    "yes",  # yes or no
    "word",  # one of the words listed
    "value",  # a figure, a column, a text, or {reading: …}
    "texts",  # a list of texts
    "pairs",  # name: text
    "record",  # the keys listed
    "head",  # the keys listed, none of which must stand here
    "records",  # a list of mappings with the keys listed
    "conditions",  # a list of conditions, or column: what it is
    "named",  # name: a mapping with the keys listed
    "columns",  # name: a column
    "rows",  # a list of mappings with any keys
    "named_rows",  # table: rows
    "spans",  # name: 1..12, or a list of texts
    "made",  # a text, or a mapping with the keys listed
    "tree",  # read further by its own part
]


@dataclass(frozen=True)
class Field:
    """One key: what it takes, its Chinese help text, whether it must stand."""

    takes: Takes
    zh: str
    required: bool = False
    words: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)


Fields = Mapping[str, Field]

KINDS = ("key", "fact", "input")
Holds = Literal["number", "text", "date"]
HOLDS: tuple[Holds, ...] = get_args(Holds)
YES_NO = ("yes", "no")
PARTIES = ("unit", "lead", "office")
UNITS = "units"  # the table of a scheme that does not say what it appraises
ROUND_TABLES = (UNITS, "people", "marks", "events", "history", "appeals")
FREE_COLUMNS = ("aliases", "note")  # may stand in any table, whether a sheet shows them or not

CONDITION: Fields = {
    "column": Field("value", "看哪一列", required=True),
    "is": Field("value", "等于"),
    "is_not": Field("value", "不等于"),
    "at_least": Field("value", "不小于（含本数）"),
    "at_most": Field("value", "不大于（含本数）"),
    "above": Field("value", "大于（不含本数）"),
    "below": Field("value", "小于（不含本数）"),
    "from": Field("value", "从多少起（以上）；含不含本数看 edge"),
    "to": Field("value", "到多少止（以下）；含不含本数看 edge"),
    "edge": Field(
        "value", "界限上算不算：from 用 at_least（含）或 above（不含），to 用 at_most 或 below；可写 {reading: 口径}"
    ),
    "is_given": Field("yes", "是否已填"),
    "blank": Field("value", "空白时按什么值比较"),
}

COMPUTED: Fields = {
    "title": Field("text", "表头", required=True),
    "basis": Field("text", "依据的条款；不写则同本表"),
    "holds": Field("word", "存放什么：数、文字、日期；看得出来的不用写", words=HOLDS),
    "shown": Field("whole", "纸面显示几位小数，不改变数值"),
    "decimals": Field("whole", "小数位数"),
    "width": Field("whole", "列宽（字符数）"),
    "note": Field("text", "填写说明"),
    "measure": Field("text", "计量单位"),
    "before": Field("text", "插在哪一列之前（与 like 同用）"),
    "private": Field("yes", "不公开：只有办公室看得到（对象写 sees: own 的，领表的也看得到自己的）"),
    "public": Field("yes", "由不公开的列算出，但可以公开"),
    "role": Field("word", "这一列是什么：名称、分值、自评、得分、佐证、奖项、金额……", words=tuple(ROLES)),
}

COLUMN: Fields = {
    "is": Field("word", "列的来历：键、事实、填报；写了 by 的就是填报", required=True, words=KINDS),
    **{name: value for name, value in COMPUTED.items() if name != "public"},
    "by": Field("text", "谁填：unit 被考核单位、lead 本行考核主体、office 办公室，或某个考核主体"),
    "low": Field("value", "下限（含）"),
    "high": Field("value", "上限（含）"),
    "required": Field("yes", "是否必填"),
    "exempt": Field("yes", "可否填“不适用”"),
    "asked": Field("conditions", "满足这些条件时才填", fields=CONDITION),
    "default": Field("text", "空白时的值"),
    "choices": Field("texts", "可选的值"),
    "from": Field("text", "取值的表"),
    "periods": Field("texts", "只在这些期填；不写则每期都填"),
}

ROWS: Fields = {
    "each": Field("pairs", "每一个对象各有若干行：列名: 数据表，如 person: people", required=True),
    "with": Field("pairs", "再配上另一张数据表的每一行：列名: 数据表，如 item: items"),
    "on": Field("pairs", "两张表的哪一列相同才相配：with 表的列: each 表的列"),
    "over": Field("spans", "再配上每一个值：列名: 1..12，或 列名: [上半年, 下半年]"),
    "take": Field("pairs", "本表的列取自哪里：列名: each 或 with 的列名.那张表的列"),
    "while": Field("conditions", "满足这些条件才有这一行；只看本行的事实", fields=CONDITION),
}

SHEET_LINE: Fields = {
    "title": Field("text", "表名", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "rows": Field("made", "行来自哪张数据表；或由几张表配成：{each: {列: 表}, over: {列: 1..12}}", fields=ROWS),
    "like": Field("text", "沿用哪张表的列"),
    "where": Field("pairs", "只取这些行：列名: 值"),
    "unit": Field("text", "哪一列说明本行属于哪个单位（或哪个人，见 of）"),
    "of": Field("text", "unit 那一列写的是哪一种考核对象；不写是最上层的单位"),
    "private": Field("texts", "哪些列不公开"),
    "scorer": Field("text", "哪一列说明本行由谁打分"),
    "grows": Field("whole", "预留多少空行供新增"),
    "claims": Field("pairs", "单位自行申报的行，各列的起始值"),
    "continues": Field("pairs", "本年前几期封存的登记在本期接着算：只带入符合条件的行（列名: 值），锁定，写明出处"),
    "periods": Field("texts", "只在这些期填；不写则每期都填；一年几次的期写代号，如 m"),
    "book": Field("word", "each：每个对象（人）一本自己的表；不写则在其上级的表里", words=("each",)),
}

SHEET: Fields = {
    "sheet": Field("head", "把表名、条款、rows 等写成一行；与逐项写的相同", fields=SHEET_LINE),
    **SHEET_LINE,
    "part": Field("text", "整张表就是一个部件：部件代号；部件的参数与表的各项写在一起"),
    "columns": Field("columns", "各列，按顺序"),
}

PERIOD: Fields = {
    "id": Field("text", "代号，如 h1", required=True),
    "title": Field("text", "名称，如 上半年", required=True),
    "after": Field("text", "接在哪一期之后"),
    "until": Field("whole", "到几月为止；不写是12月。几月、几季的轮次在它以前的，可以带进这一期"),
    "times": Field("whole", "一年几次，如12（每月）、4（每季）；代号后加序号，名称里写 <n>"),
    "fills": Field("texts", "这一期只填这些表，不算总分；封存后由后面各期带入（表上写 continues）"),
}

EARLIER_FROM: Fields = {
    "period": Field("text", "哪一期；与 year、years 同写时是那一年的哪一期；一年几次的（m）每次各成行"),
    "year": Field("text", "往前几年，如 -1（上年）；一列一年"),
    "years": Field("whole", "往前一共几年；每年一列，列名后加 _1（上年）、_2（再上年）"),
}

EARLIER: Fields = {
    "title": Field("text", "表名，如 半年结果", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "from": Field("record", "取自哪一期、哪一年", required=True, fields=EARLIER_FROM),
    "sheet": Field("text", "取那一轮的哪张表"),
    "sheets": Field("texts", "取那一轮的哪几张表（列相同、行不同，如各类单位各一张）"),
    "take": Field("texts", "取哪几列", required=True),
    "where": Field("pairs", "只取这些行：列名: 值"),
    "periods": Field("texts", "只在这些期带入；不写则每期都带入"),
    "needed": Field("yes", "没有前期结果时能否开始本轮；不写：同年的前一期必须有，往年的可以没有"),
}

PARAMETER: Fields = {
    "says": Field("text", "这个参数是什么", required=True),
    "default": Field("tree", "不写时用什么；可引用前面的参数 <名>"),
    "optional": Field("yes", "可不写：写着 <名> 的地方随之略去"),
    "words": Field("texts", "只能写这些词"),
}

PART: Fields = {
    "part": Field("text", "部件代号，与文件名相同", required=True),
    "title": Field("text", "部件名称", required=True),
    "about": Field("text", "什么时候用"),
    "parameters": Field("named", "参数；在下面各处写 <名>", fields=PARAMETER),
    "sheet": Field("tree", "用它的表没有写明时的 rows、where、unit、grows、claims、continues"),
    "readings": Field("tree", "随部件来的口径；方案里写了的以方案为准"),
    "figures": Field("tree", "随部件来的数值；方案里写了的以方案为准"),
    "columns": Field("tree", "展开成哪些列；only_with、only_without 写参数名", required=True),
}

EACH = "这样的列有几个：列名: 表头，或 列名: {title: 表头, 这一列自己的各项}；在其他各项里写 <key>、<value>"

LINE: Mapping[str, str] = {  # what a line of a part may hold beside its parameters
    "as": "展开后各列代号里的 <name>；不写则用这一行的名称",
    "basis": "依据的条款；不写则同本表",
    "before": "插在哪一列之前（与 like 同用）",
    "columns": "改动展开后的某些列：列名: {要改的各项}",
    "without": "不要展开后的哪些列",
}

OBJECT: Fields = {
    "title": Field("text", "怎么称呼", required=True),
    "name": Field("text", "名称在哪一列"),
    "aliases": Field("text", "别名在哪一列"),
    "within": Field("text", "属于哪一种考核对象（如人员属于单位）"),
    "by": Field("text", "哪一列说明属于哪一个"),
    "book": Field("text", "表怎么发：不写，随所属单位的表；each 一个一份；写表名，所属单位另有一份"),
    "sees": Field("word", "own：领表的看得到自己的不公开列", words=("own",)),
}

SCORER: Fields = {
    "name": Field("text", "考核主体名称", required=True),
    "basis": Field("text", "依据的条款", required=True),
}

CHECK: Fields = {
    "says": Field("text", "办法原文所说的数", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "count": Field("text", "数哪张数据表的行"),
    "sum": Field("text", "加总哪一列：表.列"),
    "where": Field("pairs", "只看这些行：列名: 值"),
    "by": Field("text", "按哪一列分组"),
    "equals": Field("text", "应等于多少；分组时为 表.列", required=True),
}

MUST: Fields = {
    "says": Field("text", "要守的规矩，用办法的话说", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "unique": Field("texts", "这几列合起来不得重复：[表.列, 表.列]"),
    "given": Field("text", "这一列必须有值：表.列"),
    "rows": Field("text", "与 holds 同写：哪张表的行"),
    "holds": Field("conditions", "每一行都要满足的条件", fields=CONDITION),
    "sum": Field("text", "加总哪一列：表.列；与 equals 同写"),
    "by": Field("text", "按哪一列分组加总：equals 写表.列的，这一列是那张表的键；写数的可不写，全部加总"),
    "equals": Field("text", "合计应等于：表.列，或一个数（figures 里的也可）"),
    "when": Field("conditions", "只管满足这些条件的行", fields=CONDITION),
    "stops": Field("texts", "不符的行，这几列不计算（空白，不是0）：[表.列]"),
}

READING: Fields = {
    "question": Field("text", "办法没有说清的问题", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "options": Field("pairs", "各种读法：代号: 说明", required=True),
    "adopted": Field("text", "采用的读法", required=True),
    "by": Field("text", "谁决定的"),
    "rule": Field("text", "规则编号"),
}

FIGURE: Fields = {
    "value": Field("figure", "数值；year 是本轮的考核年度", required=True, words=(YEAR,)),
    "title": Field("text", "名称", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "assumed": Field("text", "办法没有写明时，为什么用这个数"),
}

RANKING: Fields = {
    "sheet": Field("text", "哪张表", required=True),
    "group": Field("text", "分组的列", required=True),
    "score": Field("text", "公布的得分列", required=True),
    "place": Field("text", "名次列", required=True),
    "seat": Field("text", "排列顺序列", required=True),
    "title": Field("text", "榜单名称", required=True),
}

PRINT: Fields = {
    "title": Field("text", "表名，如 兑现表", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "rows": Field("text", "印哪张表的行", required=True),
    "where": Field("pairs", "只印这些行：列名: 值"),
    "by": Field("text", "按哪一列分组，每组有小计和签字"),
    "order": Field("text", "按哪一列从小到大排，如名次；不写则按原表的顺序"),
    "columns": Field("texts", "印哪几列，按顺序", required=True),
    "blank": Field("texts", "另加的空白栏，如 签名"),
    "sums": Field("texts", "哪几列要小计、合计"),
    "needs": Field("texts", "这几列有空白的行不印，合计里写明几行没有列入、是谁"),
    "sign": Field("texts", "每组末尾谁签字，如 制表、审核"),
    "apart": Field("yes", "每组另起一页"),
    "book": Field(
        "word",
        "另存为单独的工作簿：yes 存 out/表名.xlsx，each 另给每组存一本",
        words=("yes", "no", "each"),
    ),
    "for": Field("text", "给谁看的；印了不公开的列时必须写"),
}

FORM_FILLED: Fields = {
    "title": Field("text", "栏名", required=True),
    "of": Field("texts", "取单位在哪几列填的：表.列，先有的先取", required=True),
    "by": Field("text", "那些表里，说明属于附表哪一行的列", required=True),
    "matched": Field("texts", "附表的哪几列和它对照", required=True),
}

FORM: Fields = {
    "title": Field("text", "工作表名", required=True),
    "heading": Field("text", "表上方的题目，如附件的题目"),
    "basis": Field("text", "依据的条款", required=True),
    "rows": Field("text", "取哪张表的行", required=True),
    "where": Field("pairs", "只取这些行：列名: 值"),
    "book": Field("yes", "也印进单位的表"),
    "units": Field("pairs", "只印进这些单位的表：单位的列名: 值"),
    "columns": Field("texts", "印哪几列，按顺序", required=True),
    "titles": Field("pairs", "另写的表头：列名: 表头"),
    "merged": Field("pairs", "合并的格：列名: 哪一列相邻相同就合成一格"),
    "side": Field("text", "左右并排：这一列的值不同，另起一块"),
    "lines": Field("text", "每行占附表几行的列"),
    "instead": Field("pairs", "空白处印另一列的内容：列名: 列名"),
    "sums": Field("texts", "哪几列有合计"),
    "remark": Field("text", "表下的备注"),
    "filled": Field("record", "单位的表里另加一栏，显示单位填的内容", fields=FORM_FILLED),
}

EXAMPLE: Fields = {
    "id": Field("text", "编号", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "steps": Field("text", "算式", required=True),
    "guide": Field("yes", "算式印进填报说明；只作验算的不印"),
    "rule": Field("text", "单独验算的规则"),
    "rows": Field("rows", "规则的参数和应得结果 gives"),
    "tables": Field("named_rows", "算例用的数据：表: 行"),
    "given": Field("tree", "已知的格，算出来的列也可以给：表 → 行 → 列: 值；从半路算起的算例用"),
    "gives": Field("tree", "应得结果：表 → 行 → 列: 值"),
    "readings": Field("pairs", "本例采用的口径"),
    "figures": Field("pairs", "本例采用的数值"),
    "alternatives": Field("rows", "其他口径下的结果"),
}

VETO_LIST: Fields = {
    "basis": Field("text", "依据的条款", required=True),
    "of": Field("text", "清单在数据表里：表.列，该列为“是”的行在清单内"),
    "list": Field("texts", "清单，逐项写"),
}

LADDER: Fields = {
    "basis": Field("text", "依据的条款", required=True),
    "order": Field("text", "级别高低：表.列", required=True),
    "points": Field("text", "分值：表.列", required=True),
}

RANGE_PART: Fields = {
    "from": Field("figure", "从多少起（含，以上）"),
    "above": Field("figure", "超过多少（不含）"),
    "to": Field("figure", "到多少止（含，以下）"),
    "below": Field("figure", "不满多少（不含）"),
}

RANGES: Fields = {
    "says": Field("text", "分的是什么档", required=True),
    "basis": Field("text", "依据的条款", required=True),
    "parts": Field("records", "原文各档，从低到高", required=True, fields=RANGE_PART),
}

SLIP: Fields = {
    "basis": Field("text", "依据的条款", required=True),
    "found": Field("text", "原文怎么写", required=True),
    "read_as": Field("text", "现在怎么读", required=True),
}

DECISION: Fields = {
    "basis": Field("text", "依据的条款", required=True),
    "says": Field("text", "条款说的是什么", required=True),
    "why": Field("text", "为什么由人决定，在哪张表里登记", required=True),
}

PAPER: Fields = {
    "veto_lists": Field("records", "几处条款各写一份的“一票否决”清单，相互比较", fields=VETO_LIST),
    "ladders": Field("records", "级别表：级别越高，分值不应越低", fields=LADDER),
    "ranges": Field("records", "原文写的分档：有无空档、重叠", fields=RANGES),
    "slips": Field("records", "原文的笔误、前后不一之处和现在的读法", fields=SLIP),
    "decided_by_people": Field("records", "程序不算、由人决定的条款和原因", fields=DECISION),
}

PUBLISH: Fields = {
    "columns": Field("texts", "公示在名次、单位之外列哪些列（排名那张表的列名）；不写就列奖惩"),
    "scores": Field("yes", "公示列不列得分；不写就列"),
    "notice_days": Field("whole", "公示几个工作日；不写就是5个，0 不写公示期"),
    "near": Field("figure", "临界名单：相差多少以内算临界；不写就是0.5"),
}

SCHEME: Fields = {
    "scheme": Field("text", "方案代号，如 dashiqiao-2017", required=True),
    "title": Field("text", "方案名称", required=True),
    "issuer": Field("text", "发文或主管机关", required=True),
    "document": Field("text", "文号", required=True),
    "year": Field("year", "考核年度", required=True),
    "office": Field("text", "考核办公室", required=True),
    "scorers": Field("records", "考核主体", fields=SCORER),
    "tables": Field("pairs", "数据表：名称: CSV 文件"),
    "objects": Field("named", "考核对象：数据表: 怎么称呼、名称在哪一列", fields=OBJECT),
    "periods": Field("records", "一年分几期，每期是一轮", fields=PERIOD),
    "earlier": Field("named", "前期结果：名称: 取自哪一轮、哪张表、哪几列", fields=EARLIER),
    "checks": Field("records", "办法本身写明的数，与数据表核对", fields=CHECK),
    "must": Field("records", "数据要守的规矩：核对、收表、计分时都查", fields=MUST),
    "readings": Field("named", "口径：办法没有说清的问题", fields=READING),
    "figures": Field("named", "多处使用的数值", fields=FIGURE),
    "sheets": Field("named", "各张表", required=True, fields=SHEET),
    "rankings": Field("records", "排名", fields=RANKING),
    "print": Field("named", "打印的表：兑现表、公示、名单", fields=PRINT),
    "forms": Field("named", "附表：照办法印出的样子排的表，左右并排、合并的格、合计、备注", fields=FORM),
    "publish": Field("record", "公示和反馈怎么出：公示的列、期限", fields=PUBLISH),
    "examples": Field("records", "算例", fields=EXAMPLE),
    "paper": Field("record", "办法原文本身的问题，供体检", fields=PAPER),
}
