"""发布: write what is given out of a scored round, whole or not at all, and keep what stood on every page."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from xlperf.engine.pictures import against_group, distribution, leniency
from xlperf.engine.score import Scores, score
from xlperf.files import writing
from xlperf.problems import Problem, errors, problem
from xlperf.publish.html import FILE as HTML
from xlperf.publish.html import results_page
from xlperf.publish.papers.feedback import feedback
from xlperf.publish.papers.ground import Ground, Last, Settings
from xlperf.publish.papers.lists import lists
from xlperf.publish.papers.movement import movement, movement_charts
from xlperf.publish.papers.notice import column_problems, notice
from xlperf.publish.ready import not_ready
from xlperf.report.chart import Chart
from xlperf.report.document import EDITION_NAMES, EDITIONS, Document, Edition, coded
from xlperf.rounds.clearance import must_be_cleared
from xlperf.rounds.ledger import Written, record_written
from xlperf.rounds.outputs import PUBLISHED, recorded
from xlperf.rounds.present import Present
from xlperf.rounds.store import Progress, Round, silent
from xlperf.workbook.charts import write_charts
from xlperf.workbook.documents import write_document
from xlperf.workbook.letters import letter
from xlperf.workbook.pdf import NoPdf, as_pdf

CHARTS = "图表"
_RECORD = "published-{}.json"
Files = dict[Path, bytes]


@dataclass(frozen=True)
class Publication:
    """What came of publishing. files: below the folder written to, none where it was refused. documents: with codes."""

    folder: Path
    documents: tuple[Document, ...] = ()
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def ground_of(round_: Round, scores: Scores, settings: Settings) -> Ground:
    """Return what the documents of a round are made from."""
    present = Present(round_.scheme, round_.year, round_.period)
    before = [e for e in round_.earlier if present.years_back(e.results) > 0] or list(round_.earlier)
    last = max(before, key=lambda e: (e.results.year, e.results.period == round_.period), default=None)
    return Ground(scores, settings, round_.contact, Last(present, last) if last is not None else None)


def charts_of(ground: Ground) -> list[Chart]:
    """Return what is drawn of a scored round, for the office."""
    scores = ground.scores
    found: list[Chart | None] = [distribution(scores, r) for r in scores.plan.rankings]
    found += movement_charts(ground)
    found.append(leniency(scores))
    found += [chart for r in scores.plan.rankings for chart in against_group(scores, r)]
    return [chart for chart in found if chart is not None]


def documents_of(
    round_: Round, scores: Scores, settings: Settings, editions: Sequence[Edition] = EDITIONS
) -> list[Document]:
    """Return every document of these editions, each with its code."""
    ground = ground_of(round_, scores, settings)
    found: list[Document] = []
    if "internal" in editions:
        found += [*lists(ground), *movement(ground)]
    if "unit" in editions:
        found += feedback(ground)
    if "public" in editions:
        found.append(notice(ground))
    return [coded(d, round_.id, round_.key) for d in found]


def publish(
    round_: Round,
    settings: Settings,
    *,
    editions: Sequence[Edition] = EDITIONS,
    out: Path | None = None,
    pdf: bool = True,
    html: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Publication:
    """Write the documents of a round: .xlsx, letters as .docx too, and .pdf where LibreOffice is.

    Raises NotCleared where the scheme's check is red. out: the folder, `out/发布` of the round where it is left
    out. html: also the results page.
    """
    must_be_cleared(round_.scheme, round_.plan)
    folder = out or round_.folder / PUBLISHED
    scores = score(round_.plan, round_.tables())
    problems = [*column_problems(round_.plan, settings.columns), *not_ready(round_, scores, settings.incomplete)]
    if errors(problems):
        return Publication(folder, problems=tuple(problems))
    documents = documents_of(round_, scores, settings, editions)
    if dry_run:
        return Publication(folder, tuple(documents), (), tuple(problems))
    with tempfile.TemporaryDirectory() as made:
        drawn = charts_of(ground_of(round_, scores, settings)) if "internal" in editions else []
        files, faults = _written(documents, drawn, Path(made), pdf=pdf, progress=progress)
    if html:
        files[Path(EDITION_NAMES["public"], HTML)] = results_page(ground_of(round_, scores, settings)).encode()
    with writing() as put:
        for file, data in files.items():
            put(folder / file, data)
        _recorded(round_, settings, documents, put)
        if folder.is_relative_to(round_.folder):  # before they stand there: whoever is stopped now finds the old ones
            recorded(round_, {(folder / file).relative_to(round_.folder): data for file, data in files.items()})
    return Publication(folder, tuple(documents), tuple(files), (*problems, *faults))


def _written(
    documents: Sequence[Document], drawn: Sequence[Chart], folder: Path, *, pdf: bool, progress: Progress
) -> tuple[Files, list[Problem]]:
    """Return path → bytes of every file, and that there are no PDFs where LibreOffice is not.

    PDFs are made of the workbooks: an office may have no word processor beside its spreadsheet program.
    """
    files: Files = {}
    printed: dict[str, Path] = {}
    for i, document in enumerate(documents, 1):
        progress(i, len(documents), f"写出：{document.name}")
        book = folder / "made" / f"{i}.xlsx"
        book.parent.mkdir(exist_ok=True)
        write_document(document, book)
        files[Path(f"{document.file}.xlsx")] = book.read_bytes()
        printed[document.file] = book
        if document.letter:
            files[Path(f"{document.file}.docx")] = letter(document)
    if drawn:
        name, book = f"{EDITION_NAMES['internal']}/{CHARTS}", folder / "made" / "charts.xlsx"
        write_charts(CHARTS, drawn, book)
        files[Path(f"{name}.xlsx")], printed[name] = book.read_bytes(), book
    if not pdf:
        return files, []
    progress(0, 1, "转为PDF")
    try:
        made = as_pdf(list(printed.values()), folder / "pdf")
    except NoPdf as fault:
        return files, [problem("PUBLISH_NO_PDF", cause=str(fault))]
    progress(1, 1, "转为PDF")
    return files | {Path(f"{name}.pdf"): file.read_bytes() for name, file in zip(printed, made, strict=True)}, []


def records_of(round_: Round) -> list[dict[str, Any]]:
    """Return what was kept of every publication, the last one last; only of files that the ledger vouches for."""
    written = round_.state().written
    found = []
    for file in _kept(round_):
        data, name = file.read_bytes(), f"records/{file.name}"
        if name in written and written[name].sha256 == hashlib.sha256(data).hexdigest():
            found.append(json.loads(data))
    return found


def _kept(round_: Round) -> list[Path]:
    return sorted(round_.records.glob(_RECORD.format("*")), key=lambda f: (len(f.name), f.name))


def _setting(value: object) -> str | None:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else None if value is None else str(value)


def _recorded(round_: Round, settings: Settings, documents: Sequence[Document], put: Any) -> None:
    """Keep what stood on every page, and its digest in the ledger; nothing where it is as the ledger has it last."""
    kept_of = {
        "settings": {k: _setting(v) for k, v in vars(settings).items()},
        "sheets": [
            {
                "code": d.code,
                "edition": d.edition,
                "kind": d.kind,
                "whose": d.whose,
                "file": d.file,
                "said": d.said(),
            }
            for d in documents
        ],
    }
    data = json.dumps(kept_of, ensure_ascii=False, indent=0).encode()
    digest, written = hashlib.sha256(data).hexdigest(), round_.state().written
    names = (f"records/{_RECORD.format(number)}" for number in count(1))
    there = list(takewhile(lambda name: name in written, names))
    if there and written[there[-1]].sha256 == digest:
        put(round_.folder / there[-1], data)
        return
    name = f"records/{_RECORD.format(len(there) + 1)}"  # one that lies there unrecorded was never finished
    put(round_.folder / name, data)
    record_written(round_.ledger, Written(name, digest))
