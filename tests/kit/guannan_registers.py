"""灌南 2009, the second program on the registers that only feed others: 影响, 分管, 目标, 复查.

From the paper's words, in plain Python; nothing of the program's arithmetic is used.
"""

from __future__ import annotations

from collections import defaultdict

from kit.guannan import MEDIA, YES_NO, places
from kit.guannan_entries import counts, listed


def register_rows(paper, found):
    """Add what has to stand in the registers of a year to `found`: sheet → key → column → value."""
    _impacts(paper, found["impacts"])
    _charges(paper, found["charges"])
    _goals(paper.t["goals"], found["goals"])
    for row in paper.t["appeals"]:  # 四（一）: 予以答复; no days are stated
        found["appeals"][row["no"]] = {"open": YES_NO[row.get("answered") is None]}


def _impacts(paper, found):
    """附件2超常影响: 2 points, and the best of the media's on one project; of a unit's projects the best one counts."""
    of_unit = defaultdict(list)
    for e in listed(paper, "影响"):
        of_unit[e["unit"]].append(e)
    for rows in of_unit.values():
        told = {e["no"]: MEDIA[e["level"]] * _printed(e) for e in rows}
        best, first = {}, {}
        for project in {e["project"] for e in rows}:
            there = places([(e["no"], told[e["no"]]) for e in rows if e["project"] == project])
            first |= {no: seat for no, (_, seat) in there.items()}
            best[project] = max(told[no] for no in there)
        mine = [(e["no"], best[e["project"]]) for e in rows if e["status"] == "通过"]
        seats = {no: seat for no, (_, seat) in places(mine).items()}
        for e in rows:
            no, project, once = e["no"], e["project"], told[e["no"]] * (first[e["no"]] == 1)
            row = {"listed": MEDIA[e["level"]], "media": told[no], "best": first[no], "media_once": once}
            row |= {"media_counted": once, "project_media": best[project], "points": 2 + best[project]}
            row |= {"key": best[project] if no in seats else None, "seat": seats.get(no)}
            found[no] |= row | {"counts": row["points"] * (seats.get(no) == 1)}


def _printed(e):
    """Return whether an entry's publicity counts: it stands out, and a thousand characters were printed."""
    return counts(e) and (e.get("words") or 0) >= 1000


def _charges(paper, found):
    """四（三）: the first three of the county by their place, equal ones by the list; and the last one of a field."""
    followed = {line["line"] for line in paper.t["lines"] if line["key"] == "是"}
    of_line = defaultdict(list)
    for e in paper.events("分管", passed=False):
        of_line[e["line"]].append(e)
    for line, rows in of_line.items():
        seats = places([(e["no"], e.get("county_rank")) for e in rows], low=True)
        for e in rows:
            rank, field, seat = e.get("county_rank"), e.get("field"), seats.get(e["no"], (None, None))[1]
            told = rank is not None and field is not None  # of how many is not known: nor whether it is the last
            last = None if rank is not None and field is None else told and field > 1 and rank >= field
            found[e["no"]] |= {
                "key": YES_NO[line in followed], "key_rank": rank if line in followed else None, "seat": seat,
                "top": YES_NO[rank is not None and rank <= 3 and seat <= 3], "last": YES_NO.get(last),
                "field_open": YES_NO[rank is not None and field is None], "behind": rank - field if told else None,
            }  # fmt: skip


def _goals(rows, found):
    """一（二）: 超 asks for more than the goal, the others for as much; the four industries are one goal together."""
    met = {}
    for row in rows:
        actual, goal = row.get("actual"), row["target"]
        met[row["code"]] = None if actual is None else actual > goal if row["word"] == "超" else actual >= goal
    for row in rows:
        together = [met[other["code"]] for other in rows if other["goal"] == row["goal"]]
        found[row["code"]] = {
            "met": YES_NO.get(met[row["code"]]), "parts": len(together), "met_parts": together.count(True),
            "goal_met": YES_NO[all(together)],
        }  # fmt: skip
