"""Small counties drawn by chance for 灌南 2009: limits, ties and small groups are met often."""

from __future__ import annotations

from fractions import Fraction as Exact
from random import Random

from kit.guannan import FIRST, ISSUED, LAST
from xlperf.scheme.made import with_made_rows

SIZES = ((6, 2, 7), (1, 0, 2), (3, 1, 0), (8, 4, 42), (2, 2, 3))  # townships, parks, departments
WAYS = ("超额完成", "完成程度", "完成", "四项指标", "改革创新", "争取增长", "贷款增减")
GRADES = ("优秀", "优秀", "优秀", "良好")
YES = ("是", "是", "是", "否")


class County:
    """One drawn county of a scheme. seed: what is drawn follows from it. size: of another than the drawn size.

    members: how many cadres each unit has beside its head, drawn where left out.
    """

    def __init__(self, scheme, seed, size=None, members=None):
        self.d, self.own, self.made, self.members = Random(seed), scheme.tables, scheme.made, members
        self.no = 0
        towns, parks, others = size or SIZES[seed % len(SIZES)]
        kinds = [("乡镇", "乡镇")] * towns + [("园区", "园区分值1"), ("园区", "园区分值2")] * (parks // 2)
        kinds += [("园区", "园区分值1")] * (parks % 2) + [("部门", "部门")] * others
        self.units = [self.unit(n, *kind) for n, kind in enumerate(kinds)]

    def share(self, low=0, high=1, parts=20):
        return low + (high - low) * Exact(self.d.randint(0, parts), parts)

    def unit(self, n, kind, annex):
        level = self.d.choice([0, 0, 1, 1, 1])  # 0: about the line of 90
        row = {"code": f"U{n:02}", "name": f"{kind}{n}", "class": kind, "annex": annex, "level": level}
        row |= {"committee": f"党委{n % 4}", "vertical": self.d.choice(["是", "否"])}
        row |= {name: self.share(15 + 20 * level, 30 + 20 * level, 3) for name in ("survey", "report", "online")}
        row |= {"poor": self.d.choice(["否"] * 12 + ["是"])}
        return row | ({"praised": Exact(self.d.randint(0, 3)), "internal": self.share(0, 8)} if kind == "乡镇" else {})

    def tables(self):
        made = {name: list(rows) for name, rows in self.own.items()}
        for name in (
            "quantity",
            "quality",
            "family",
            "clean",
            "tasks",
            "results",
            "events",
            "people",
            "half",
            "before",
        ):
            made[name] = []
        made |= {"half_cadres": [], "late": [], "appeals": [], "staff_last": [], "staff_before": []}
        for u in self.units:
            self.annexes(u, made)
            self.work(u, made)
            self.cadres(u, made)
        for u in self.units:
            self.ledgers(u, made["events"], [p["code"] for p in made["people"] if p["unit"] == u["code"]])
            self.lists(u, made)
            self.registers(u, made)
        made["goals"] = self.goals()
        made["units"] = [{k: v for k, v in u.items() if k != "level"} for u in self.units]
        return with_made_rows(self.made, made)

    def annexes(self, u, made):
        d, code, level = self.d, u["code"], u["level"]
        for a in (a for a in self.own["annex1"] if a["annex"] == u["annex"]):
            key = f"{code}-{a['code']}"
            if a["kind"] == "定量" and a["full"]:
                target = Exact(d.choice([2, 10, 100]))
                reached = d.choice(
                    [0, Exact(1, 2), 1, Exact(3, 2), 2, 3]
                    if level
                    else [0, 0, Exact(1, 3), Exact(1, 2), Exact(149, 100)]
                )
                given = d.choice([None] * 9 + [Exact(3)])
                made["quantity"].append({"id": key, "target": target, "verified": target * reached, "given": given})
            if a["kind"] == "定性":
                made["quality"].append({"id": key, "lead": a["full"] * self.share(Exact(level, 2), 1, 4)})
            if a["kind"] == "扣分":
                made["family"].append({"id": key, "cut": Exact(d.choice([0, 0, 0, 1, 3]))})
        for a in self.own["annex3"]:
            made["clean"].append(
                {"id": f"{code}-{a['code']}", "cut": self.share(0, 2, 4) if d.random() < 0.3 else Exact(0)}
            )

    def work(self, u, made):
        d, code = self.d, u["code"]
        for block in ("单位职能工作", "优化工作流程", "关键绩效指标", "特色目标"):
            for i in range(d.randint(0, 3)):
                done = d.choice([Exact(1), Exact(1), self.share(), "不适用"])
                made["tasks"].append({"no": f"{code}{block}{i}", "unit": code, "block": block, "done": done})
        if u["class"] != "乡镇":
            for i in range(d.randint(0, 5)):
                made["results"].append(self.result(u, i))
        made["half"].append({"code": code, "three": self.share(40, 150), "report": self.share(0, 50)})
        for i in range(d.choice([0, 0, 0, 1, 2])):  # only the highest of a year goes on with its points
            carried = Exact(d.choice([2, 4, 8])) if i == 0 else 0
            made["late"].append({"no": f"L{code}{i}", "unit": code, "subject": f"上年{i}", "carried": carried})

    def result(self, u, i):
        d = self.d
        way = d.choice(WAYS if u["class"] == "园区" else WAYS[1:2] + WAYS[4:])
        items = ("新开工自主招商项目", "财政收入", "实际利用外资")
        row = {"id": f"{u['code']}R{i}", "unit": u["code"], "item": items[i % 3], "way": way}
        row |= {"undertaken": d.choice(["是", "是", "否"]), "done": self.share(), "finished": d.choice(["是", "否"])}
        row |= {
            "firms": Exact(d.choice([7, 8])),
            "launched": Exact(d.choice([30, 31])),
            "hulls": Exact(20),
            "tonnage": Exact(100),
        }
        return row | {"now": Exact(d.choice([50, 89, 90, 100, 119, 120, 140, 300])), "before_now": Exact(100)}

    def cadres(self, u, made):
        d, level = self.d, u["level"]
        size = self.members or d.choice([1, 2, 3, 5, 10])
        for i in range(size + 1):
            role = "主要负责人" if i == 0 else d.choice(["副科级以上干部", "副科级以上干部", "助理", "其他"])
            p = {"code": f"{u['code']}-{i}", "unit": u["code"], "name": f"人{i}", "role": role}
            p |= {"paid": Exact(d.choice([5000, 2000, 2000, 1999])), "paid_on": ISSUED + d.choice([0, 14, 15, 16])}
            p |= {"shares": d.choice(YES * 3), "managed": d.choice(YES * 3), "duty": self.share(50 * level, 100, 4)}
            p |= {"merit": self.share(0, 30, 3), "clean": Exact(20), "report": self.share(40, 100, 3)}
            p |= {"online": self.share(10, 50, 8), "main_part": d.choice(YES), "online_kept": d.choice(YES)}
            p |= {"online_liked": d.choice(YES), "daily_grade": d.choice(GRADES), "head_grade": d.choice(GRADES)}
            p |= {"city_first": d.choice(YES), "recommended": d.choice(YES), "audited": d.choice(YES)}
            made["people"].append(p)
            made["half_cadres"].append({"code": p["code"], "three": self.share(60, 150, 3), "report": Exact(80)})
            said = {name: d.choice(["是", "否"]) for name in ("shortlisted_1", "shortlisted_2", "demoted_1")}
            made["before"].append({"code": p["code"], **said})

    def ledgers(self, u, events, people):
        d, code = self.d, u["code"]

        def enter(ledger, **row):
            self.no += 1
            events.append({"no": f"E{self.no:04}", "type": ledger, "unit": code, **row})

        status = ("通过", "通过", "通过", "待审", "未通过")
        for _ in range(d.randint(0, 2)):
            enter("市考核", subject="指标", place=Exact(d.randint(1, 4)), tied=Exact(d.choice([1, 1, 2, 3])))
            level = d.choice(["省部门或市委市政府", "国家部委或省委省政府"])
            day = d.choice([FIRST - 1, FIRST, FIRST + 99, LAST, LAST + 1])
            extra = {
                "to_county": d.choice(["是", "否"]),
                "late": d.choice(["否", "否", "是"]),
                "status": d.choice(status),
            }
            name = d.choice(["上年0", "上年1", *(f"表彰{self.no}" for _ in range(6))])  # some of the year before again
            enter("表彰", subject=name, level=level, date=day, **extra)
            words = Exact(d.choice([999, 1000, 2000]))
            media = d.choice(["市级", "省级", "国家级", "无"])
            enter("影响", project=d.choice("甲乙"), level=media, words=words, status=d.choice(status))
            duty = d.choice(["主要责任单位", "协助单位"])
            enter("三百会战", project="项目", duty=duty, status=d.choice(status))
            way = d.choice(["推广", "交流发言", "专门现场会"])
            enter(
                "改革",
                subject="改革",
                level=d.choice(["县级", "市级", "省级", "国家级"]),
                way=way,
                status=d.choice(status),
            )
            act, who = d.choice(["责令整改", "行政问责", "损害软环境"]), d.choice(people)
            enter("问责", subject=f"事项{self.no}", act=act, person=who, status=d.choice(status))
            person = d.choice([None, None, d.choice(people)])
            enter("日常", kind="月自评", subject="日常", person=person, points=Exact(d.choice([-12, -1, 1, 2, 11])))
        if d.random() < 0.08:
            enter(
                "否决",
                matter=d.choice(["安全生产", "主要领导违纪违法"]),
                person=d.choice(people),
                status=d.choice(status),
            )
        for person in people:
            for line in d.sample(["工业", "农业", "文化", "体育"], d.choice([0, 1, 1, 2])):
                rank = d.choice([None, Exact(1), Exact(2), Exact(3), Exact(4), Exact(14)])
                enter("分管", person=person, line=line, county_rank=rank, field=Exact(14))

    def lists(self, u, made):
        """Draw what a unit proposes: its own units and villages, its staff, what it pays itself."""
        d = Random(f"{self.no}|{u['code']}")
        events, unit = made["events"], {"unit": u["code"]}
        for n in range(d.choice([0, 1, 2, 3])):
            award = d.choice(["先进基层单位", "先进村（社区）"])
            said = {
                "award": award,
                "inner": d.choice(["否", "否", None, "是"]),
                "status": d.choice(["通过", "通过", "待审"]),
            }
            events.append({"no": f"G{u['code']}{n}", "type": "基层", "subject": f"所{n}", **unit, **said})
        for n in range(d.choice([0, 2, 5])):
            said = {"grade": d.choice(["优秀", "优秀", "良好"]), "audited": d.choice(YES), "number": Exact(9)}
            said["place"] = Exact(d.choice([1, 2, 3, 4, 9]))
            events.append({"no": f"S{u['code']}{n}", "type": "先进", "subject": f"甲{n}", **unit, **said})
            for name in ("staff_last", "staff_before"):
                if d.random() < 0.5:
                    made[name].append({"no": f"{name}{u['code']}{n}", "subject": f"甲{n}", "granted": "是", **unit})
        for n in range(d.choice([0, 1])):
            said = {
                "amount": Exact(d.choice([499, 500, 501])),
                "standard": Exact(500),
                "status": d.choice(["通过", "待审"]),
            }
            events.append({"no": f"P{u['code']}{n}", "type": "内部奖励", "subject": "奖", **unit, **said})

    def registers(self, u, made):
        """Draw more of what a unit tells of its projects, how many were ranked, and what it wants looked at again."""
        d, code, events = Random(f"registers|{self.no}|{u['code']}"), u["code"], made["events"]
        for n in range(d.choice([0, 0, 3, 6])):
            said = {"project": d.choice("甲乙丙"), "level": d.choice(["市级", "省级", "国家级", "无"])}
            said |= {"words": Exact(d.choice([999, 1000, 1001])), "status": d.choice(["通过", "通过", "待审"])}
            events.append({"no": f"I{code}{n}", "type": "影响", "unit": code, **said})
        for e in (e for e in events if e["type"] == "分管" and e["unit"] == code):
            e["field"] = d.choice([Exact(14), Exact(14), Exact(15), Exact(1 if e["county_rank"] == 1 else 4), None])
        for p in (p for p in made["people"] if p["unit"] == code):
            p["grade"] = d.choice(["优秀", "良好", "良好", "一般", None])
        for n in range(d.choice([0, 1, 2])):
            answer = d.choice([{}, {"answer": "维持", "answered": LAST + 15}])
            made["appeals"].append({"no": f"A{code}{n}", "unit": code, "subject": "名次", "filed": LAST + 9, **answer})
        if "praised" in u:
            u["praised"] = Exact(d.choice([0, 1, 3, 6, 9]))  # at the 12 points and above them

    def goals(self):
        """Draw what the county reached of its goals: about each of them, and often all of one."""
        d = Random(f"goals|{self.no}")
        near = [-Exact(1, 100), 0, Exact(1, 100), Exact(1, 100), None][d.choice([0, 2]) :][: d.choice([2, 5])]
        ways = [(row, d.choice(near)) for row in self.own["goals"]]
        return [{**row, "actual": None if way is None else row["target"] + way} for row, way in ways]
