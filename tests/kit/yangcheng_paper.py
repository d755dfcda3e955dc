"""阳城 2020 worked out from the paper alone, under its default readings; nothing of the program is used here.

Rows are mappings as in the scheme's tables: numbers as Fraction, dates as datetime.date, nothing is None, 不适用 is the
word. Every amount comes out as a Fraction of a yuan, None where something it needs was not given.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

NOT = "不适用"
FIRST, SECOND, THIRD = ("基础工作", "必保", "基础"), ("争取", "达标"), ("突出贡献", "优秀")
MULTIPLES = (Fraction(4, 5), Fraction(2), Fraction(3), Fraction(4))
NAMES = ("不合格", "合格", "良好", "优秀")
PRINTED = {
    "五级1档": "3.0", "六级2档": "2.6", "六级1档": "2.4", "七级2档": "2.0", "七级1档": "1.8",
    "八级2档": "1.6", "八级1档": "1.4",
    "九级5档": "1.6", "九级4档": "1.3", "九级3档": "1.2", "九级2档": "1.1", "九级1档": "1.0",
    "技师": "1.5", "高级工": "1.3", "中级工": "1.2", "初级工": "1.0",
}  # fmt: skip
STAFF_LADDER = ("九级4档", "九级3档", "九级2档", "九级1档")
WORKERS = ("技师", "高级工", "中级工", "初级工")
# from the highest post to the lowest, with its level
POSTS = (
    ("党工委书记", "五级"), ("管委会主任", "五级"), ("管委会班子成员（处级）", "六级"), ("党工委委员", "七级"),
    ("部室正职", "七级"),
    ("部室负责人", "八级"), ("部室副职", "八级"), ("部室工作人员", "九级"),
    *((w, w) for w in WORKERS), ("专业技术岗位", None),
)  # fmt: skip


def cents(amount: Fraction, parts: int = 100) -> Fraction:
    """Round half up, away from nothing for amounts below it. parts: of one yuan."""
    whole = abs(amount) * parts + Fraction(1, 2)
    return Fraction(whole.numerator // whole.denominator, parts) * (1 if amount >= 0 else -1)


def years(start: date, end: date) -> int:
    """Count completed years."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def tier_of(items: list[dict]) -> int | None:
    """四（四）、（八）: the highest tier whose targets and all below are wholly done; 0 where not even the base is."""
    if any(i["done"] is None or i["lead"] is None for i in items):
        return None
    reached = 0
    for number, steps in enumerate((FIRST, SECOND, THIRD), 1):
        here = [i for i in items if i["step"] in steps and i["lead"] != NOT]
        if not here or any(i["done"] == "否" for i in here):
            break
        reached = number
    return reached


def score_of(items: list[dict], special: list[dict], stages: list[dict]) -> Fraction | None:
    """四（二）、（三）、（七）: 100 for the first two kinds, 10 beside them, then what is added and taken off."""
    if any(i["lead"] is None for i in items):
        return None
    main = [i for i in items if i["step"] not in THIRD and i["lead"] != NOT]
    full = sum(i["full"] for i in main)
    if not full:
        return None
    points = Fraction(100) * sum(i["lead"] for i in main) / full
    points += sum(i["lead"] for i in items if i["step"] in THIRD and i["lead"] != NOT)
    for event in special:
        if event["status"] == "通过":
            points += event["points"] if event["way"] == "加分" else -event["points"]
    for stage in stages:
        if stage["finished"] is None or stage["finished"] > stage["due"]:
            points -= stage["points"]
    return points


def grade_of(post: dict, person: dict, day: date) -> str | None:
    """四（六）: the grade of one post."""
    level = dict(POSTS)[post["role"]]
    if level is None or level in WORKERS or level == "五级":
        return level if level != "五级" else "五级1档"
    if level != "九级":
        return f"{level}{2 if years(post['since'], day) >= 3 else 1}档"
    if person["qualified"] == "是":
        return "九级5档"
    worked = years(person["work_since"], day)
    if worked >= 15:
        return "九级4档"
    if worked >= 10:
        return "九级3档"
    first = person["work_since"]
    over_one = first.replace(year=first.year + 1) < day
    if worked >= 3 or (over_one and person["education"] != "大专及以下"):
        return "九级2档"
    return "九级1档"


def one_lower(grade: str) -> str:
    """五（三）: the grade below, for staff and workers; 九级5档 falls to 九级4档, the lowest stays."""
    for ladder in (STAFF_LADDER, WORKERS):
        if grade in ladder:
            return ladder[min(ladder.index(grade) + 1, len(ladder) - 1)]
    return "九级4档"


def coefficient_of(
    person: dict, posts: list[dict], failed: int | None
) -> tuple[str | None, Fraction | None, Fraction | None]:
    """四（六）、五（三）: grade and coefficient of one person, lower after two years without the base, and before that.

    Nothing where the register says two main posts, or a post begun after the year, or no post at all.
    """
    day = date(2020, 12, 31)
    order = [role for role, _ in POSTS]
    if not posts:
        return None, person["coefficient_set"], person["coefficient_set"]
    post = min(posts, key=lambda p: order.index(p["role"]))
    main = [p for p in posts if p["concurrent"] != "是"]
    begun = max(post["since"], person["work_since"] if dict(POSTS)[post["role"]] == "九级" else day)
    doubted = begun > day or (post in main and len(main) > 1)
    grade = None if doubted else grade_of(post, person, day)
    if person["coefficient_set"] is not None:
        return grade, person["coefficient_set"], person["coefficient_set"]
    if grade is None:
        return grade, None, None
    before = Fraction(PRINTED[grade])
    if failed is None:
        return grade, None, before
    lowered = failed >= 2 and (grade.startswith("九级") or grade in WORKERS)
    return grade, Fraction(PRINTED[one_lower(grade)]) if lowered else before, before


def month_by_month(person: dict, month: Fraction | None, payments: list[dict]) -> list[dict]:
    """四（九）: what is due and was paid in each month; open where paid twice, or when nobody was there."""
    rows = []
    for number in range(1, 13):
        there = person["first_month"] <= number <= person["last_month"]
        due = month if there else Fraction(0)
        entered = [p["amount"] for p in payments if p["person"] == person["id"] and p["month"] == number]
        paid = due if not entered else entered[0] if len(entered) == 1 and there else None
        rows.append({"due": due, "paid": paid})
    return rows


def instalments(amount: Fraction, parts: int) -> list[Fraction]:
    """Spread an amount over months in whole cents, what does not divide a cent each to the first ones; 0 afterwards."""
    each, over = divmod(int(abs(amount) * 100), parts)
    sign = 1 if amount >= 0 else -1
    return [Fraction(sign * (each + (n < over)), 100) if n < parts else Fraction(0) for n in range(12)]


MONEY = (
    "base_year", "base_paid", "by_formula", "flat", "of_salary", "due", "month_paid", "by_month", "at_once", "advance",
    "deposit", "withheld", "entitled", "balance", "each",
)  # fmt: skip


def pay_of(
    person: dict, posts: list[dict], unit: dict, result: dict, zone: dict, troubles: int, payments: list
) -> dict:
    """四（八）、（九）: every amount of one person of a department; None where something it needs is not there."""
    answer: dict = dict.fromkeys((*MONEY, "exact", "unit_pay"))
    failed = result["failed_years"]
    answer["grade"], coefficient, before = coefficient_of(person, posts, failed)
    count = max(person["last_month"] - person["first_month"] + 1, 0)
    answer["base_year"] = person["base"] * count
    answer["of_salary"] = cents(person["salary"] * count * Fraction(4, 5))
    kept = Fraction(1)
    if failed is None:
        kept = None
    elif failed >= 2:
        kept = None if unit["reward_share"] is None else 1 - unit["reward_share"]
    if kept is not None:
        answer["base_paid"] = answer["base_year"] * kept
        answer["flat"] = cents(answer["base_paid"] * Fraction(4, 5))
    month = None
    if before is not None:  # what was paid in the year could not know how the year would end
        full = person["base"] * zone["last_multiple"] * (before + unit["addon"])
        month = cents(full * Fraction(9, 10))
        answer["month_paid"], answer["at_once"] = month, cents(full * count * Fraction(9, 10))
        answer["deposit"] = cents(full * count / 10)
        released = person["release_set"] if person["release_set"] is not None else Fraction(0 if troubles else 1)
        answer["withheld"] = cents(answer["deposit"] * (1 - released))
    if coefficient is not None:
        coefficient += unit["addon"]
        if kept is not None and result["tier"] is not None and result["score"] is not None:
            answer["unit_pay"] = answer["base_paid"] * result["score"] / 100 * coefficient
            answer["exact"] = answer["unit_pay"] * MULTIPLES[result["tier"]]
            answer["by_formula"] = cents(answer["exact"])
            if person["work_since"] <= date(2020, 12, 31) and not (
                person["last_month"] < 12 and person["instalments"] > 1
            ):
                answer["due"] = answer["by_formula"]
    answer["months"] = month_by_month(person, month, payments)
    paid = [m["paid"] for m in answer["months"]]
    if None not in paid:
        answer["by_month"] = answer["advance"] = sum(paid, Fraction(0))
    if answer["due"] is not None:
        answer["entitled"] = answer["due"] - answer["withheld"]
        if answer["advance"] is not None:
            answer["balance"] = answer["entitled"] - answer["advance"]
            answer["spread"] = instalments(answer["balance"], person["instalments"])
            answer["each"] = answer["spread"][0]
    return answer


def totals(people: list[dict], funds: Fraction) -> dict:
    """四（五）、（八）: what a department, or the zone, pays; `listed` are those who stand on the pay sheet."""
    listed = [p for p in people if p["due"] is not None and p["balance"] is not None]
    sums = {n: sum((p[n] for p in listed), Fraction(0)) for n in ("due", "exact", "withheld", "advance", "balance")}
    one = sum((p["unit_pay"] for p in people if p["unit_pay"] is not None), Fraction(0))
    tiers = [{"per_multiple": one, "all": cents(one * m), "spare": funds - cents(one * m)} for m in MULTIPLES]
    due = sums["due"]
    rounding = cents(due - sums["exact"], 10_000)
    return {"listed": sums, "due": due, "rounding": rounding, "spare": funds - due, "tiers": tiers}


def department(unit: dict, items: list[dict], special: list[dict], stages: list[dict]) -> dict:
    """四（四）—（八）、五（三）: tier, score and years in a row without the base target of one department."""
    tier = tier_of(items)
    failed = None
    if tier is not None:
        failed = 0 if tier else (None if unit["last_tier"] is None else 1 + (unit["last_tier"] == "不合格"))
    return {"tier": tier, "score": score_of(items, special, stages), "failed_years": failed}


def shares(pool: Fraction, weights: list[Fraction]) -> list[Fraction]:
    """五（六）: whole cents by weight, the cents left over to the largest remainders, ties by the list."""
    total = sum(weights)
    exact = [pool * 100 * w / total for w in weights]
    given = [e.numerator // e.denominator for e in exact]
    left = int(pool * 100) - sum(given)
    for i in sorted(range(len(weights)), key=lambda i: (given[i] - exact[i], i))[:left]:
        given[i] += 1
    return [Fraction(g, 100) for g in given]
