"""灌南 2009, the second program sheet by sheet: what every computed cell of the 总表 comes to.

It stands on `kit.guannan`, the clauses in plain Python; nothing of the program's arithmetic is used.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction as Exact

from kit.guannan import YES_NO
from kit.guannan_cadres import Cadres
from kit.guannan_entries import entry_rows, list_rows, listed, result_rows
from kit.guannan_people import cadre_rows
from kit.guannan_registers import register_rows
from kit.guannan_units import SHEETS, class_row, county_row


def sheet_rows(paper):
    """Return what has to stand in every sheet of a half-year or a year: sheet → key of the row → column → value."""
    cadres = Cadres(paper)
    found = defaultdict(lambda: defaultdict(dict))
    entry_rows(paper, found)
    register_rows(paper, found)
    list_rows(paper, found)
    found["cadres"] = cadre_rows(cadres)
    for unit, u in paper.units.items():
        _annexes(paper, unit, found)
        result_rows(paper, unit, found)
        found[SHEETS[u["class"]]][unit] = class_row(paper, unit)
        mine = [found["cadres"][code] for code, p in paper.people.items() if p["unit"] == unit]
        told = {name: [row[name] for row in mine] for name in ("reward", "forfeit")}
        found["county"][unit] = county_row(paper, unit, told)
    _awards(paper, found)
    return found


def _annexes(paper, unit, found):
    """附件1, 附件3: what every item of a unit gives."""
    for a, r in paper.items(unit, "定量"):
        full, by_rate = a["full"], a["full"] * r["verified"] / r["target"]
        mark = Exact(3, 2) * r["target"]
        over = int(r["verified"] >= mark)
        row = {"pro_rata": min(2 * full, by_rate), "most": 2 * full, "mark": mark, "over": over}
        row |= {"raw": row["pro_rata"] if r.get("given") is None else r["given"], "score": paper.quantity(a, r)}
        row |= {"over_points": 2 * over, "over_1": YES_NO[bool(a["beyond"])]}  # 附件2乡镇: one of the six items
        found["quantity"][f"{unit}-{a['code']}"] = row
    for a, r in paper.items(unit, "定性"):
        found["quality"][f"{unit}-{a['code']}"] = {"score": min(r["lead"], a["full"])}
    for a in paper.annex3:
        key = f"{unit}-{a['code']}"
        left = a["full"] - paper.typed["clean"][key]["cut"]
        found["clean"][key] = {"left": left, "score": max(0, left)}


def _awards(paper, found):
    """四（二）（三）: what each award costs."""
    for row in paper.t["awards"]:
        name = row["award"]
        units = [unit for unit in paper.units if paper.award(unit) == name]
        paid = {"members_paid": sum(found["county"][unit]["members_paid"] for unit in units)}
        people = found["cadres"].values() if name == "副科级以上先进个人" else ()
        paid["cadres_paid"] = sum(r["award_money"] for r in people if r["advanced"] == "是")
        of = {e["no"] for e in listed(paper, "基层") if e["award"] == name}
        paid["grassroots_paid"] = sum(r["money"] for no, r in found["grassroots"].items() if no in of)
        paid["staff_paid"] = sum(r["money"] for r in found["staff"].values()) if name == "先进个人" else 0
        found["awards"][name] = {"units": len(units), **paid, "paid": sum(paid.values())}
