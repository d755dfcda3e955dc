"""前期结果: what a round takes from rounds that were closed before it, proved, laid into the scheme's tables.

A later round keeps its own copy of the frozen file and the copy's digest in its ledger, so that nothing that happens
to the earlier round's folder can change it. Which results an entry of `earlier:` needs follows from the year and
period of both rounds; rows of units that have gone or bear another code are told, never matched silently.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from xlperf.files import write_whole
from xlperf.formula.values import Value, says, value_text
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.continued import continuing, with_continued
from xlperf.rounds.deeds import Frozen, Taken
from xlperf.rounds.frozen import SHORT, FrozenSheet, dated, digest_of, proof, read_results
from xlperf.rounds.journal import BrokenChain
from xlperf.rounds.ledger import UnknownEntry, record_taken, state_of
from xlperf.rounds.present import Earlier, Keys, Present, columns_of
from xlperf.scheme.made import with_made_rows
from xlperf.scheme.model import EarlierSpec, Scheme, Time
from xlperf.scheme.reading.earlier import OF, ORIGIN, before

FOLDER = "earlier"
_ROUND = "round.yaml"
_YEAR_OF_ID = re.compile(r"-(19|20)\d\d\Z", re.ASCII)
_DIGITS = re.compile(r"([0-9]+)")
_NAMED = 8
Rows = list[dict[str, Value]]


# ---- which results, and whether they may be read ---------------------------------------------------


def chain_problems(present: Present, taken: Sequence[Earlier]) -> Iterator[Problem]:
    """List what is wrong with the results that a round is to read: of another scheme, out of order, twice, missing."""
    seen: set[tuple[int, str]] = set()
    for one in taken:
        r = one.results
        if _family(r.scheme) != _family(present.scheme.id):
            yield problem("EARLIER_OTHER_SCHEME", Where(r.round), found=r.scheme, scheme=present.scheme.id)
        elif not present.precedes(r):
            now = dated(present.year, called_of(present.scheme, present.period))
            yield problem("EARLIER_NOT_BEFORE", Where(r.round), found=r.name, now=now)
        elif (r.year, r.period) in seen:
            yield problem("EARLIER_TWICE", Where(r.round), found=r.name)
        seen.add((r.year, r.period))
    wanted = [(spec, present.year - back, period) for spec, (back, period) in present.wanted()]
    for spec, year in {(spec.name, year): (spec, year) for spec, year, _ in wanted}.values():
        missing = [p for other, y, p in wanted if other is spec and y == year and (y, p) not in seen]
        if missing:
            code = "EARLIER_MISSING" if spec.needed else "EARLIER_NONE"
            found = dated(year, "、".join(called_of(present.scheme, period) for period in missing))
            yield problem(code, spec.at, title=spec.title, found=found)
    said = {year for spec, year, _ in wanted if spec.needed}
    for ledger in continuing(present) if present.year not in said else ():
        for period in before(present.scheme.periods, present.period):
            if (present.year, period) not in seen:
                found = dated(present.year, called_of(present.scheme, period))
                yield problem("EARLIER_MISSING", ledger.at, title=ledger.title, found=found)


def called_of(scheme: Scheme, period: str) -> str:
    """Return what people call a period of a scheme."""
    return next((p.title for p in scheme.periods if p.id == period), "")


def _family(scheme: str) -> str:
    """Return a scheme's id without the year of its document."""
    return _YEAR_OF_ID.sub("", scheme)


# ---- rows ----------------------------------------------------------------------------------------------


def with_earlier(present: Present, taken: Iterable[Earlier]) -> tuple[Scheme, list[Problem]]:
    """Return the scheme with the tables of earlier results filled and their origins said.

    An entry of which nothing was taken keeps what a CSV file of the scheme says of it.
    """
    if not present.scheme.earlier and not continuing(present):
        return present.scheme, []
    taken = list(taken)
    by_time = {(present.years_back(e.results), e.results.period): e for e in taken}
    problems: list[Problem] = []
    tables, origins = dict(present.scheme.tables), {}
    for spec in present.scheme.earlier:
        wanted = [time for other, time in present.wanted() if other is spec]
        sources = {time: by_time[time] for time in wanted if time in by_time}
        if sources:
            tables[spec.name] = _rows(present, spec, sources, problems)
            origins[spec.name] = {time: e.words for time, e in sources.items() if not spec.stacked}
    tables = with_continued(present, taken, tables, problems)
    made = with_made_rows(present.scheme.made, tables)
    return replace(present.scheme, tables=made, origins=origins), list(dict.fromkeys(problems))


def _rows(present: Present, spec: EarlierSpec, sources: Mapping[Time, Earlier], problems: list[Problem]) -> Rows:
    """Lay the rows of one entry out: one a key, the columns of every year side by side, or one a month and key."""
    sheet = next(s for s in present.scheme.sheets if s.name == spec.name)
    facts = [c.name for c in sheet.columns]
    made: dict[str, dict[str, Value]] = {}
    for time, earlier in sources.items():
        names = columns_of(spec, time)
        for source, frozen in _sheets(spec, earlier, names, problems):
            keys = Keys(present, earlier, source, problems)
            for row in frozen.read():
                wanted = all(says(text, row.get(c)) for c, text in spec.where.items())
                if spec.stacked and all(row[there] is None for there in names):
                    continue  # of a month in which nothing was entered there is nothing to say
                if wanted and keys.stays(row, frozen):
                    key = keys.now(row, frozen, frozen.key)
                    entry = f"{time[1]}-{value_text(key)}" if spec.stacked else key
                    mine = made.setdefault(value_text(entry), dict.fromkeys(facts))
                    said = {c: keys.now(row, frozen, c) for c in facts if c in row and c not in spec.columns}
                    if spec.stacked:
                        said |= {frozen.key: key, OF: earlier.results.called, ORIGIN: earlier.words}
                    mine |= {sheet.columns[0].name: entry, **{c: v for c, v in said.items() if mine.get(c) is None}}
                    mine |= {name: row[there] for there, name in names.items()}
    return list(made.values())


def _sheets(
    spec: EarlierSpec, earlier: Earlier, names: Mapping[str, str], problems: list[Problem]
) -> Iterator[tuple[str, FrozenSheet]]:
    """List the frozen sheets of an entry; one that is not there, or lacks a column, is told."""
    where = Where(earlier.results.round)
    for source in spec.sheets:
        frozen = earlier.results.sheets.get(source)
        lacking = sorted({*names, *spec.where} - frozen.columns.keys()) if frozen is not None else [source]
        if frozen is None or lacking:
            problems.append(problem("EARLIER_LACKS", where, title=spec.title, found="、".join(lacking)))
        else:
            yield source, frozen


# ---- the round's own copies ----------------------------------------------------------------------------


def taken_of(earlier: Earlier, key: bytes) -> Taken:
    """Return what the ledger says of results that are taken, signed with the key of the round that reads them."""
    r = earlier.results
    words = (f"{FOLDER}/{earlier.sha256[:SHORT]}.json", earlier.sha256, r.round, r.year, r.period)
    return Taken(*words, proof(key, "taken", *words))


def keep_copies(folder: Path, ledger: Path, key: bytes, earlier: Sequence[Earlier]) -> None:
    """Copy the frozen results that a round reads into its folder and record them."""
    for one in earlier:
        write_whole(folder / taken_of(one, key).file, one.data)
    if earlier:
        record_taken(ledger, *(taken_of(one, key) for one in earlier))


def frozen_of(folders: Iterable[Path | str]) -> tuple[list[Earlier], list[Problem]]:
    """Read what closed rounds have frozen, proved with the key and the ledger of each; its scheme is not looked at.

    folders: of rounds, or folders that hold rounds: each of these is read, m2 before m10.
    """
    found: list[Earlier] = []
    problems: list[Problem] = []
    for folder in (one for given in map(Path, folders) for one in _rounds_in(given)):
        one = _frozen(folder)
        if isinstance(one, Problem):
            problems.append(one)
        else:
            found.append(one)
    return found, problems


def _rounds_in(folder: Path) -> list[Path]:
    """List the rounds that a folder stands for: itself, or those directly in it, in the order in which people count."""
    inside = [] if (folder / _ROUND).is_file() else [made.parent for made in folder.glob(f"*/{_ROUND}")]
    return sorted(inside, key=lambda one: [int(w) if w.isdigit() else w for w in _DIGITS.split(one.name)]) or [folder]


def _frozen(folder: Path) -> Earlier | Problem:
    """Read the last results that a round has frozen."""
    at, key, ledger = Where(str(folder)), folder / "round.key", folder / "ledger.sqlite"
    if not (folder / _ROUND).is_file():
        return problem("NOT_A_ROUND", found=str(folder.resolve()))
    if not key.is_file():
        return problem("ROUND_KEY_MISSING", at, found=folder.resolve().name, key=key.name, old=".key")
    try:
        state = state_of(ledger)
    except BrokenChain as broken:
        return problem("LEDGER_ALTERED", Where(str(ledger)), number=broken.number)
    except UnknownEntry as unknown:
        code = "LEDGER_NEWER" if unknown.newer else "LEDGER_ENTRY_UNKNOWN"
        return problem(code, Where(str(ledger)), number=unknown.number, found=unknown.found)
    if not state.closed:
        return problem("EARLIER_NOT_FROZEN", at, found=str(folder))
    last = state.frozen[-1]
    return proved(folder, last, bytes.fromhex(key.read_text("ascii").strip()))


def proved(folder: Path, frozen: Frozen, key: bytes) -> Earlier | Problem:
    """Read a frozen file of a round and prove it by its digest in the ledger and its signature."""
    where = Where(str(folder / frozen.file))
    if not (folder / frozen.file).is_file():
        return problem("FROZEN_GONE", where, found=frozen.file)
    data = (folder / frozen.file).read_bytes()
    if digest_of(data) != frozen.sha256:
        return problem("FROZEN_ALTERED", where, found=frozen.file)
    results = read_results(data, where, key)
    return results if isinstance(results, Problem) else Earlier(results, frozen.sha256, data)


def copies_read(folder: Path, key: bytes, taken: Iterable[Taken]) -> tuple[list[Earlier], list[Problem]]:
    """Read a round's copies of earlier results; one that is gone or was altered is an error."""
    found: list[Earlier] = []
    problems: list[Problem] = []
    for t in taken:
        where = Where(t.file)
        words = (t.file, t.sha256, t.round, t.year, t.period)
        if not (folder / t.file).is_file():
            problems.append(problem("FROZEN_GONE", where, found=t.file))
            continue
        data = (folder / t.file).read_bytes()
        if digest_of(data) != t.sha256 or not hmac.compare_digest(t.sign, proof(key, "taken", *words)):
            problems.append(problem("FROZEN_ALTERED", where, found=t.file))
            continue
        results = read_results(data, where)
        if isinstance(results, Problem):
            problems.append(results)
        else:
            found.append(Earlier(results, t.sha256))
    return found, problems


def fitted(scheme: Scheme, period: str, taken: Sequence[Earlier], *, begins: bool) -> tuple[Scheme, list[Problem]]:
    """Return the scheme of a round with its earlier results, and everything that is to be said of them.

    begins: whether the round is being made; what is merely not there, or has another name now, is said then.
    """
    present = Present(scheme, scheme.year, period)
    problems = list(chain_problems(present, taken))
    if errors(problems):
        return scheme, problems
    filled, more = with_earlier(present, taken)
    problems += more
    return filled, problems if begins else errors(problems)


def default_period(scheme: Scheme, year: int, taken: Sequence[Earlier]) -> str:
    """Return the period of a new round that says none: the one after what it follows this year, else the first."""
    ids = [p.id for p in scheme.periods if not p.fills]
    here = {e.results.period for e in taken if e.results.year == year}
    following = [p.id for p in scheme.periods if p.after in here and p.id not in here]
    return following[0] if following else ids[0] if ids else ""
