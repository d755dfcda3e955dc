"""阳城 2020: no book of a department holds a fact of another's people, in any part of the file, however it is packed.

Every person has facts that nobody else has: code, name, days, amounts, marks, and what is worked out from them.
XLPERF_DEPARTMENTS says of how many departments (`make pay-figures` takes 50).
"""

from __future__ import annotations

import csv
import io
import os
import random
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
from kit.halves import begun, opened
from kit.published import SETTINGS
from kit.rounds import unstated

from xlperf.demo.simulate import Simulation
from xlperf.formula.values import day_number, decimal, value_text
from xlperf.publish.papers.feedback import feedback
from xlperf.publish.papers.ground import Ground
from xlperf.rounds.distribute import distribute
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.rounds.parcels import parcels_of
from xlperf.workbook.books.prints import write_print_books

SOURCE = Path(__file__).parents[2] / "schemes" / "yangcheng-2020"
DEPARTMENTS = int(os.environ.get("XLPERF_DEPARTMENTS", "6"))
EACH = 3  # people of a department
ROLES = ("部室正职", "部室工作人员", "高级工")
RARE = "龘龗麤灪齉爨龖鱻麣鸜鹳鼺鬱讟钃厵飝靐齾爩癵驫麷讞"


class Drawn:
    """Facts that nobody else has, drawn by chance."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.known: set[str] = set()

    def fact(self, make) -> str:
        while (made := make()) in self.known:
            pass
        self.known.add(made)
        return made

    def code(self) -> str:
        return self.fact(lambda: "".join(self.draw.choices("QXZJKVW", k=4)) + str(self.draw.randint(1000, 9999)))

    def name(self) -> str:
        return self.fact(lambda: "".join(self.draw.sample(RARE, 3)))

    def amount(self, low: int, high: int) -> str:
        return self.fact(lambda: f"{self.draw.randint(low, high)}.{self.draw.randint(0, 9)}{self.draw.randint(1, 9)}")

    def day(self) -> str:
        return self.fact(lambda: (date(1995, 1, 2) + timedelta(days=self.draw.randint(0, 8700))).isoformat())


def written(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    """Write a table over the scheme's own, with the columns of that one."""
    rows = [{**row, "assumed": ""} if name != "posts" else row for row in rows]
    text = io.StringIO()
    out = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
    (folder / f"{name}.csv").write_text(text.getvalue(), "utf-8")


def zone_of_many(folder: Path) -> tuple[Path, dict[str, list[str]]]:
    """Write the scheme with many departments; return it, and the facts of each department's people."""
    shutil.copytree(SOURCE, folder)
    unstated(folder)
    drawn, facts = Drawn(5), {}
    units, marks, people, posts = [], [], [], []
    for n in range(DEPARTMENTS):
        code, own = f"X{n:02d}", []
        kind = ("经济发展类", "综合保障类")[n % 2]
        fulls = {"base_full": "40", "main_full": "60", "extra_full": "10", "addon": "0"}
        units.append({"code": code, "name": f"第{n}部", "level": "部室", "kind": kind, **fulls})
        steps = ("基础工作", "争取", "突出贡献") if n % 2 == 0 else ("基础", "达标", "优秀")
        for k, (step, full) in enumerate(zip(steps, ("40", "60", "10"), strict=True), 1):
            own_mark = {"id": f"{code}-{k}", "unit": code, "no": str(k), "step": step, "full": full}
            marks.append({**own_mark, "block": "基础", "indicator": "工作", "scorer": "绩效考核办公室"})
        for role in ROLES:
            person = {
                "id": drawn.code(), "name": drawn.name(), "unit": code, "level": "部室", "work_since": drawn.day(),
                "education": "本科", "qualified": "否", "base": drawn.amount(1500, 4500),
                "salary": drawn.amount(5000, 9900), "first_month": "1", "last_month": "12",
            }  # fmt: skip
            since = drawn.day()
            people.append(person)
            posts.append(
                {
                    "id": f"{person['id']}-1",
                    "person": person["id"],
                    "unit": code,
                    "role": role,
                    "since": since,
                    "concurrent": "",
                }
            )
            days = [value_text(day_number(date.fromisoformat(d))) for d in (person["work_since"], since)]
            own += [person["id"], person["name"], person["base"], person["salary"], *days]
        facts[code] = own
    for name, rows in (("units", units), ("marks", marks), ("people", people), ("posts", posts)):
        written(folder, name, rows)
    (folder / "charges.csv").write_text("id,person,unit\n", "utf-8")
    return folder, facts


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Issue, fill, score and pay a zone; return department → its books, the facts of its people, its feedback sheet."""
    home = tmp_path_factory.mktemp("privacy")
    scheme, facts = zone_of_many(home / "scheme")
    round_ = begun(scheme, home / "round", despite="试")
    made = Simulation(round_.plan, round_.tables(), round_.scheme.office, 3)
    parties = [("master", ""), ("scorer", round_.scheme.office), *((k, u) for u in facts for k in ("unit", "people"))]
    cells = {at: value_text(v) for party in parties for at, v in made.inputs(party).items()}
    drawn = Drawn(9)
    cells |= {("people", at[1], "instalments"): "3" for at in cells if at[0] == "people" and at[2] == "personal"}
    cells |= {at: drawn.amount(60, 99) for at in cells if at[0] == "people" and at[2] == "personal"}
    told = tuple(CellText(*at, text) for at, text in cells.items())
    record_receipts(round_.ledger, Receipt("0", "x", "master", "", 1, "accepted", cells=told))
    round_ = opened(round_.folder)
    distribute(round_)
    scores = round_.scores()
    for row in scores.rows("people"):
        worked = (
            "personal",
            "due",
            "advance",
            "balance",
            "month_paid",
            "base_year",
            "entitled",
            "by_formula",
            "deposit",
            "words",
        )
        facts[row["unit"]] += [
            v if isinstance(v, str) else decimal(v) for v in (row[n] for n in worked) if v is not None
        ]
    for row in scores.rows("payroll"):
        facts[row["code"]] += [decimal(row[n]) for n in ("due", "advance", "balance", "exact") if row[n]]
    found = {code: [round_.folder / p.file for p in parcels_of(round_) if p.whom == code] for code in facts}
    codes = {row["name"]: row["code"] for row in scores.rows("payroll")}
    for spec in (p for p in scores.plan.prints if p.each):
        (home / spec.title).mkdir()
        for file in write_print_books(scores, spec, home / spec.title):
            found[codes[file.stem.split(" ", 1)[1]]].append(file)
    said = {
        d.whose: "\n".join(text for line in d.printed() for text in line) for d in feedback(Ground(scores, SETTINGS))
    }
    return found, facts, said


def texts(data: bytes, name: str) -> Iterator[str]:
    """List every text of a file: names of parts, the parts as they stand, and what a reader joins together of them."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            yield parts.comment.decode("utf-8", "replace")
            for part in parts.infolist():
                yield from (part.filename, part.comment.decode("utf-8", "replace"), part.extra.decode("latin-1"))
                yield from texts(parts.read(part), part.filename)
        return
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        text = unescape(data.decode(encoding, "replace"))
        yield text
        yield re.sub(r"<[^<>]*>", "", text)


def told(file: Path) -> str:
    return "\n".join([file.name, *texts(file.read_bytes(), file.name)])


def foreign(text: str, facts: list[str]) -> list[str]:
    """List the facts that stand in a text, as a whole number or word."""
    return [f for f in facts if f in text and re.search(rf"(?<![\w.]){re.escape(f)}(?![\w]|\.\d)", text)]


def test_no_book_of_a_department_holds_a_fact_of_anothers_people(books):
    found, facts, said = books
    assert said.keys() == found.keys()
    assert {len(files) for files in found.values()} <= {3, 4}  # what it reports, its people, its pay, and that by month
    leaks = {}
    for code, files in found.items():
        others = sorted({f for other, own in facts.items() if other != code for f in own} - set(facts[code]))
        leaks |= {f"{code} {file.name}": there for file in files if (there := foreign(told(file), others))}
        if there := foreign(said[code], others):
            leaks[f"{code} 反馈单"] = there
    assert leaks == {}


def test_every_fact_would_be_seen_where_it_stands(books):
    found, facts, _ = books
    code = next(iter(facts))
    whole = "\n".join(map(told, found[code]))
    seen = set(foreign(whole, facts[code]))
    ids = [f for n, f in enumerate(facts[code][: 6 * EACH]) if n % 6 in (0, 1, 2)]
    assert seen >= set(ids), "code, name and base of one's own people stand in one's own books"
    assert len(seen) > len(facts[code]) / 2
    assert Fraction(len(facts[code]), EACH) > 15
