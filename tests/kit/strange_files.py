"""Figures of single files: random edits, mutants of a forger, honest re-saves, the forty bad inputs."""

from __future__ import annotations

import os
import random
import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from unittest.mock import patch

import openpyxl

from kit.bookedits import EDITS
from kit.figure import UNIT, Figure, cells_of, decided, issued_round, not_owned
from kit.forty import BOOKS, CASES, ROW, Case, made
from kit.oracle import corners_in, same, seen_in
from kit.resaves import WAYS, saved_again
from kit.rounds import good_values, issued_file, send
from xlperf.problems import errors
from xlperf.rounds.collecting import open as opening
from xlperf.rounds.ledger import Receipt
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.store import Round
from xlperf.workbook.back.fill import fill_book


def edits(count: int, folder: Path, seed: int = 1) -> Figure:
    """Edit a filled book at random, every kind in turn; each edit is named, or changes nothing that counts."""
    round_, draw, figure = issued_round(folder), random.Random(seed), Figure("edits")
    honest = send(round_, "unit", UNIT)
    wanted = cells_of(decided(round_, [honest])[0])
    assert wanted
    kinds = draw.sample(list(EDITS), len(EDITS))
    names = [kinds[i % len(kinds)] for i in range(count)]
    for start in range(0, count, 100):
        files = []
        for number, name in enumerate(names[start : start + 100], start):
            book = openpyxl.load_workbook(honest)
            EDITS[name](draw, book)
            files.append(folder / f"{number} {name}.xlsx")
            book.save(files[-1])
        for file, receipt in zip(files, decided(round_, files), strict=True):
            _weigh(figure, round_, file.stem, receipt, wanted)
            file.unlink()
    return figure


def _weigh(figure: Figure, round_: Round, name: str, receipt: Receipt | None, wanted: dict) -> None:
    """Enter what became of an edited book."""
    assert receipt is not None
    if receipt.decision != "accepted":
        figure.add("held and named" if errors(receipt.problems) else "held")
        if not errors(receipt.problems) or any(p.code == "NOT_JUDGED" for p in receipt.problems):
            figure.wrong.append(f"{name}: {[p.text() for p in receipt.problems]}")
    else:
        figure.add("without effect")
        found = cells_of(receipt)
        changed = {at: (wanted.get(at), found.get(at)) for at in {*wanted, *found} if wanted.get(at) != found.get(at)}
        if changed or not_owned(round_, receipt):
            figure.wrong.append(f"{name}: {changed} {not_owned(round_, receipt)}")


_TOKEN = re.compile(rb"<[^<>]*>|[^<>]+")


Parts = dict[str, list[bytes]]


def parts_of(honest: Path) -> tuple[Parts, dict[str, bytes]]:
    """Return the parts of a book in tokens, and those that are not XML as they are."""
    with zipfile.ZipFile(honest) as book:
        parts = {i.filename: book.read(i) for i in book.infolist()}
    xml = {name: _TOKEN.findall(text) for name, text in parts.items() if name.endswith((".xml", ".rels"))}
    return xml, {name: text for name, text in parts.items() if name not in xml}


def mutant(honest: Path, draw: random.Random, to: Path, parts: tuple[Parts, dict[str, bytes]] | None = None) -> None:
    """Write a book with parts, nodes, texts and attributes changed at random, the hidden map more often.

    parts: those of the honest one, where many are made of it.
    """
    xml, others = parts or parts_of(honest)
    made, names = dict(xml), list(xml)
    strings = [n for n in names if n.lower().endswith("sharedstrings.xml")] * 2
    sheets = sorted(n for n in names if "worksheets/sheet" in n)
    for _ in range(draw.choice((1, 1, 2, 4))):
        name = draw.choice([*names, *sheets, sheets[-1], sheets[-1], *strings, "xl/workbook.xml"])
        made[name] = _mutated(draw, list(made[name]))
    texts = {name: b"".join(tokens) for name, tokens in made.items()} | others
    if draw.random() < 0.1:
        texts.pop(draw.choice(list(texts)))
    with zipfile.ZipFile(to, "w") as book:
        for name, text in texts.items():
            book.writestr(name, text)
    if draw.random() < 0.1:  # bits of the archive itself
        data = bytearray(to.read_bytes())
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        to.write_bytes(data)


def _mutated(draw: random.Random, tokens: list[bytes]) -> list[bytes]:
    """Change the tokens of a part in one of the ways of a forger."""
    i, j = draw.randrange(len(tokens)), draw.randrange(len(tokens))
    low, high = sorted((i, j))
    match draw.randrange(8):
        case 0:
            del tokens[i]
        case 1:
            tokens[i], tokens[j] = tokens[j], tokens[i]
        case 2:
            tokens.insert(i, tokens[j])
        case 3:
            tokens[i] = re.sub(rb"\d+", lambda m: str(draw.randrange(0, 60)).encode(), tokens[i])
        case 4:
            tokens[i] = draw.choice((b"input", b"lead", b"U44-01", b"+1", b"xlperf|events|2", b"xlperf|marks|1", b"9"))
        case 5:
            tokens[i] = tokens[i].replace(b'"', b'"1', 1)
        case 6:
            del tokens[low : min(high, low + 40)]
        case _:
            tokens[i:i] = tokens[low : low + draw.randrange(1, 40)]
    return tokens or [b" "]


def mutants(count: int, folder: Path, seed: int = 1) -> Figure:
    """Mutate a filled book; no cell is filled that its unit does not own, or otherwise than an oracle sees it."""
    round_, draw, figure = issued_round(folder), random.Random(seed), Figure("mutants")
    honest = send(round_, "unit", UNIT).rename(folder / "honest.xlsx")
    wanted, parts = cells_of(decided(round_, [honest])[0]), parts_of(honest)
    corners = corners_in(honest.read_bytes())
    with patch.object(os, "fsync", lambda _: None):  # what is kept here need not outlive a power cut
        for start in range(0, count, 200):
            files = [folder / f"m{number}.xlsx" for number in range(start, min(start + 200, count))]
            for file in files:
                mutant(honest, draw, file, parts)
            for file, receipt in zip(files, decided(round_, files), strict=True):
                assert receipt is not None
                figure.add(receipt.decision)
                beyond = not_owned(round_, receipt)
                beyond += _otherwise(receipt, file, wanted, corners) if receipt.decision == "accepted" else []
                crashed = [p.text() for p in receipt.problems if p.code == "NOT_JUDGED"]
                if beyond or crashed:
                    figure.wrong.append(f"{file.name}: {beyond} {crashed}")
                    shutil.copy(file, Path(tempfile.gettempdir(), f"wrong-{seed}-{file.name}"))
                file.unlink()
                (round_.received / receipt.sha256).unlink(missing_ok=True)
    return figure


def _otherwise(receipt: Receipt, file: Path, wanted: dict, corners: dict) -> list[str]:
    """List what was taken of a book otherwise than the oracle sees it, or not taken although it stands there."""
    try:
        seen, taken = seen_in(file.read_bytes(), corners), cells_of(receipt)
    except Exception as fault:  # the oracle must see whatever was taken
        return [f"not seen by the oracle: {type(fault).__name__} {fault}"]
    return [
        f"{at} taken as {taken.get(at)!r}, seen {sorted(seen.get(at, {''}))}"
        for at in {*wanted, *taken}
        if (at in seen or at in wanted) and not all(same(taken.get(at, ""), text) for text in seen.get(at, {""}))
    ]


def resaves(count: int, folder: Path) -> Figure:
    """Save honest books again in every way; none is held and nothing is said of its content."""
    round_, figure, honest = issued_round(folder), Figure("resaves"), []
    parties = [(p.kind, p.whom) for p in parcels_of(round_) if p.kind != "master"]
    while len(honest) < max(count // len(WAYS), len(parties)):  # each filled otherwise
        kind, whom = parties[len(honest) % len(parties)]
        honest.append(folder / f"{len(honest):03d} {kind}.xlsx")
        fill_book(issued_file(round_, kind, whom), honest[-1], good_values(round_, kind, whom, len(honest)))
    decisions = decided(round_, honest)
    wanted = {f.name: cells_of(r) for f, r in zip(honest, decisions, strict=True) if r and r.decision == "accepted"}
    honest = [f for f in honest if f.name in wanted]  # what was drawn wrong is not the programs' fault
    for way in WAYS:
        if figure.count >= count:
            break
        files = saved_again(honest, way, folder / way)
        for file, receipt in zip(files, decided(round_, files), strict=True):
            assert receipt is not None
            figure.add(f"{way} {receipt.decision}")
            told = [p.text() for p in receipt.problems if p.code not in ("RENAMED", "UNIT_NOT_IN")]
            if receipt.decision != "accepted" or told or cells_of(receipt) != wanted[file.name]:
                figure.wrong.append(f"{way} {file.name}: {told}")
    return figure


_READ_AS = {31: "9"}  # what the score of the spoiled cell is where it is read with a note


def forty(count: int, folder: Path) -> Figure:
    """Let each of the forty bad inputs come as it was made and saved by other programs; each has its expected code.

    count: how many ways of saving, of five (as made, openpyxl, LibreOffice as xlsx, by way of ods and of xls).
    """
    round_, figure = issued_round(folder), Figure("forty")
    honest = send(round_, "unit", UNIT).rename(folder / "honest.xlsx")
    wanted = cells_of(decided(round_, [honest])[0])
    plain = made(honest, BOOKS, folder / "made")
    for way in ("as made", *WAYS)[:count]:
        saved = plain if way == "as made" else saved_again(plain, way, folder / way)
        named = dict(zip(BOOKS, saved, strict=True))
        base = next(f for c, f in named.items() if c.number == 19).read_bytes()
        files = [folder / f"{number:02d}.xlsx" for number in range(len(CASES))]
        for file, case in zip(files, CASES, strict=True):
            file.write_bytes(named[case].read_bytes() if case.data is None else case.data(base))
        late = [c.number == 17 for c in CASES]
        with patch.object(opening, "PATIENCE", 0.001):
            hung = decided(round_, [f for f, is_late in zip(files, late, strict=True) if is_late])
        rest = decided(round_, [f for f, is_late in zip(files, late, strict=True) if not is_late])
        for case, receipt in zip(sorted(CASES, key=lambda c: c.number != 17), [*hung, *rest], strict=True):
            assert receipt is not None
            figure.add(f"{way} {'accepted' if receipt.decision == 'accepted' else 'refused or held'}")
            _expect(figure, round_, f"{way} {case.number} {case.name}", case, receipt, wanted)
    return figure


def _expect(figure: Figure, round_: Round, name: str, case: Case, receipt: Receipt, wanted: dict) -> None:
    """Enter a case that was not told the expected code, or of which a wrong number was taken."""
    codes = [p.code for p in errors(receipt.problems)]
    if case.wanted:
        if receipt.decision == "accepted" or not set(codes) & set(case.wanted):
            figure.wrong.append(f"{name}: {receipt.decision} {codes}, not {case.wanted}")
        return
    found, at = cells_of(receipt), ("marks", ROW, "self")
    expected = {**wanted, at: _READ_AS.get(case.number, wanted[at])}
    changed = {k for k in {*expected, *found} if expected.get(k) != found.get(k)}
    if receipt.decision != "accepted" or any(
        round_.plan.by_name[s].by_name[c].holds == "number" for s, _, c in changed
    ):
        figure.wrong.append(f"{name}: {receipt.decision} {[p.text() for p in receipt.problems]} {sorted(changed)[:3]}")
