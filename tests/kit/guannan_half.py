"""灌南 2009, by hand: which entries of the half-year count in the year, which of its own are the same again."""

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


def of_the_year(entered, events):
    """Return what counts in a year: the half-year's entries, and those of its own that the half-year does not hold."""

    def alike(e):
        return (e["type"], *(e.get(name) for name in SAME[e["type"]])) if e["type"] in SAME else (e["no"],)

    before = going_on(entered)
    there = {alike(e) for e in before}
    return before + [e for e in events if alike(e) not in there or e["type"] not in SAME]
