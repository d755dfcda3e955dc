"""灌南 2009, by hand: which entries of the half-year count in the year, which of its own are the same again."""

from __future__ import annotations

from collections import Counter

SAME = {  # what two entries of a ledger have alike that are about one thing
    "表彰": ("unit", "subject", "level"), "影响": ("unit", "project", "level", "words"),
    "三百会战": ("unit", "project"),
    "改革": ("unit", "subject", "level", "way"), "问责": ("unit", "subject", "act"),
    "日常": ("unit", "subject", "kind", "person"),
}  # fmt: skip


def going_on(entered):
    """Return which entries of the half-year count in the year too: 三（四） of a year, 附件2 once they stand."""
    breach = [e for e in entered if e["type"] == "否决" and e["matter"] == "主要领导违纪违法"]
    return [
        e for e in entered
        if e["type"] == "日常" or ((e["type"] in SAME or e in breach) and e.get("status") == "通过")
    ]  # fmt: skip


def entries_of(entered, own):
    """Return every entry of a year, each with whether it is of an earlier round (1 or 0), how many of those are the
    same as it, and whether it is only that again.

    entered: what earlier rounds of the year hold. own: its own, which stand first.
    """

    def alike(e):
        return (e["type"], *(e.get(name) for name in SAME[e["type"]])) if e["type"] in SAME else None

    before = going_on(entered)
    there = Counter(alike(e) for e in before if alike(e))
    rows = [(e, 0) for e in own] + [(e, 1) for e in before]
    return [
        {**e, "earlier": n, "same_before": there[alike(e)], "again": n == 0 and there[alike(e)] > 0} for e, n in rows
    ]
