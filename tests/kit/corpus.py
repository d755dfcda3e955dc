"""Strange workbooks that nobody of ours wrote, as many as wanted: every feature and every oddity drawn at random.

They share no code with the program: written as bare parts, the way very different programs and hands write them.
`PYTHONPATH=.:tests python -m kit.corpus FOLDER` opens every file of a folder instead: workbooks collected elsewhere.
"""

from __future__ import annotations

import io
import os
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

from kit.figure import Figure, issued_round
from xlperf.parallel import guarded
from xlperf.problems import Problem
from xlperf.rounds.collecting import open as opening

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORDS = (
    "得分",
    "单位",
    "95",
    " 95 ",
    "９５",
    "=1+1",
    "<b>",
    "x" * 300,
    "",
    "a\nb",
    "_x0041_",
    "2020-01-01",
    "不适用",
    "😀",
)


def strange(draw: random.Random) -> bytes:
    """Return the bytes of one strange workbook."""
    made, sheets = io.BytesIO(), draw.choice((1, 1, 2, 3, 12))
    p = draw.choice(("", "", "", "x:"))
    space = f'xmlns{":x" if p else ""}="{_MAIN}" xmlns:r="{_REL}"'
    texts = [draw.choice(_WORDS) for _ in range(draw.choice((0, 5, 400)))]
    beyond = draw.random() < 0.05  # whether cells name texts and styles that there are not
    parts = {
        "[Content_Types].xml": _types(draw, sheets),
        "_rels/.rels": f'<Relationships xmlns="{_PACK}"><Relationship Id="r1" Type="{_REL}/officeDocument" '
        f'Target="{draw.choice(("xl/workbook.xml", "/xl/workbook.xml"))}"/></Relationships>',
        "xl/workbook.xml": f"<{p}workbook {space}>"
        + _opt(draw, f'<{p}workbookPr date1904="1"/>')
        + f"<{p}sheets>"
        + "".join(
            f'<{p}sheet name="{draw.choice(("表", "Sheet", "_xlperf", "自评表"))}{i}" sheetId="{i + 1}" r:id="r{i + 1}"'
            f"{draw.choice(('', '', ' state=' + chr(34) + 'veryHidden' + chr(34)))}/>"
            for i in range(sheets)
        )
        + f"</{p}sheets>{_names(draw, p)}</{p}workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACK}">'
        + "".join(
            f'<Relationship Id="r{i + 1}" Type="{_REL}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>'
            for i in range(sheets)
        )
        + f'<Relationship Id="rs" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/>'
        + _opt(draw, f'<Relationship Id="rt" Type="{_REL}/styles" Target="styles.xml"/>')
        + "</Relationships>",
        "xl/sharedStrings.xml": f'<{p}sst {space} uniqueCount="{draw.choice((len(texts), 0, 9))}">'
        + "".join(f"<{p}si>{_text(draw, p, t)}</{p}si>" for t in texts)
        + f"</{p}sst>",
        "xl/styles.xml": f"<{p}styleSheet {space}><{p}cellXfs>"
        + f'<{p}xf numFmtId="{draw.choice((0, 9, 14, 22, 165))}"/>' * draw.choice((1, 1, 40, 2_000))
        + f"</{p}cellXfs></{p}styleSheet>",
    }
    for i in range(sheets):
        parts[f"xl/worksheets/sheet{i + 1}.xml"] = _sheet(draw, p, space, len(texts) + 2 * beyond, beyond)
    for name in [n for n in parts if draw.random() < 0.03]:
        if draw.random() < 0.5:
            del parts[name]
        else:
            parts[name] = parts[name][: draw.randrange(len(parts[name]))]
    packing = draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(made, "w", packing) as book:
        for name, text in parts.items():
            head, code = draw.choice((("", "utf-8"),) * 8 + (("", "utf-8-sig"), ("", "utf-16")))
            book.writestr(name.upper() if draw.random() < 0.01 else name, (head + text).encode(code))
        if draw.random() < 0.2:
            book.writestr("xl/media/图.png", draw.randbytes(draw.choice((10, 200_000))))
    data = made.getvalue()
    return data[: draw.randrange(len(data))] if draw.random() < 0.02 else data


def _opt(draw: random.Random, text: str, chance: float = 0.5) -> str:
    return text if draw.random() < chance else ""


def _types(draw: random.Random, sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="{draw.choice(("application/xml", kind + ".sheet.main+xml"))}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{i + 1}.xml" ContentType="{kind}.worksheet+xml"/>'
            for i in range(sheets)
        )
        + _opt(draw, f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>', 0.9)
        + "</Types>"
    )


def _names(draw: random.Random, p: str) -> str:
    count = draw.choice((0, 0, 1, 500))
    told = "".join(
        f'<{p}definedName name="{draw.choice(("XLPERF_ID", "XLPERF_T1", "名"))}{"" if i == 0 else i}">'
        f"{draw.choice(('表0!$A$1:$B$9', '#REF!', '&quot;xlperf1|unit|a|b|2017|U1|1|x&quot;', '1+'))}</{p}definedName>"
        for i in range(count)
    )
    return f"<{p}definedNames>{told}</{p}definedNames>" if count else ""


def _text(draw: random.Random, p: str, text: str) -> str:
    said = text.replace("&", "&amp;").replace("<", "&lt;")
    rich = f"<{p}r><{p}t>{said}</{p}t></{p}r><{p}r><{p}rPr><{p}b/></{p}rPr><{p}t>粗</{p}t></{p}r>"
    return draw.choice((f"<{p}t>{said}</{p}t>", f'<{p}t xml:space="preserve">{said}</{p}t>', rich))


def _sheet(draw: random.Random, p: str, space: str, texts: int, beyond: bool) -> str:
    rows = draw.choice((0, 3, 30, 30, 300, 3_000))
    width = draw.choice((1, 5, 20)) if rows < 1_000 else 4
    body = []
    order = list(range(1, rows + 1))
    if draw.random() < 0.1:
        draw.shuffle(order)
    for row in order:
        cells = "".join(_cell(draw, p, row, column, texts, beyond) for column in range(width))
        body.append(f"<{p}row{_opt(draw, f' r={chr(34)}{row}{chr(34)}', 0.98)}>{cells}</{p}row>")
    if draw.random() < 0.1:
        body.append(f'<{p}row r="1048576"><{p}c r="XFD1048576"><{p}v>1</{p}v></{p}c></{p}row>')
    merges = draw.choice((0, 0, 3, 900))
    merged = "".join(f'<{p}mergeCell ref="A{i * 2 + 1}:B{i * 2 + 2}"/>' for i in range(merges))
    return (
        f"<{p}worksheet {space}>"
        + _opt(draw, f'<{p}dimension ref="{draw.choice(("A1", "A1:XFD1048576", "?"))}"/>')
        + f"<{p}sheetData>{''.join(body)}</{p}sheetData>"
        + (f"<{p}mergeCells>{merged}</{p}mergeCells>" if merges else "")
        + _opt(draw, f'<{p}hyperlinks><{p}hyperlink ref="A1" location="x"/></{p}hyperlinks>', 0.1)
        + f"</{p}worksheet>"
    )


def _cell(draw: random.Random, p: str, row: int, column: int, texts: int, beyond: bool) -> str:
    at = _opt(draw, f' r="{chr(65 + column)}{row}"', 0.98)
    odd = ("1e999", "NaN", "", "\uff11", "1_0") if beyond else ()
    value = draw.choice(("1", "0.1", "1E5", "-3", "43832.5", *odd))
    shared = f'<{p}c{at} t="s"><{p}v>{draw.randrange(texts)}</{p}v></{p}c>' if texts else f"<{p}c{at}/>"
    return draw.choice((
        f"<{p}c{at}><{p}v>{value}</{p}v></{p}c>", shared,
        f'<{p}c{at} t="inlineStr"><{p}is><{p}t>字</{p}t></{p}is></{p}c>', f'<{p}c{at} t="b"><{p}v>1</{p}v></{p}c>',
        f'<{p}c{at} t="e"><{p}v>#N/A</{p}v></{p}c>', f"<{p}c{at}/>", f'<{p}c{at} s="{7_000 if beyond else 0}"/>',
        f'<{p}c{at} t="str"><{p}f>{draw.choice(("1+1", "A1:", "SUM("))}</{p}f><{p}v>2</{p}v></{p}c>',
        f'<{p}c{at}><{p}f t="shared" si="0"/></{p}c>', f'<{p}c{at} t="d"><{p}v>2020-01-01</{p}v></{p}c>',
    ))  # fmt: skip


def corpus(count: int, folder: Path, seed: int = 1) -> Figure:
    """Open strange workbooks as a collect does; each has an answer, in time and within its memory."""
    draw, files = random.Random(seed), [folder / f"{number}.xlsx" for number in range(count)]
    for file in files:
        file.write_bytes(strange(draw))
    return opened_all(files, folder / "round")


def opened_all(files: Sequence[Path], home: Path) -> Figure:
    """Open files as a collect does. home: where a small round is made whose books they are held against."""
    round_, figure = issued_round(home), Figure("corpus")
    jobs = [(file, file.name, round_.records, ()) for file in files]
    times, peaks = [], []
    for job, found in zip(jobs, guarded(_measured, jobs, seconds=opening.PATIENCE, memory=opening.MEMORY), strict=True):
        if not isinstance(found, tuple):
            figure.add("lost")
            figure.wrong.append(f"{job[1]}: {found}")
            continue
        code, seconds, peak = found
        figure.add(code)
        times.append(seconds)
        peaks.append(peak)
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    figure.tally |= {"p50 ms": round(1000 * times[len(times) // 2]), "p99 ms": round(1000 * p99)}
    figure.tally |= {"worst ms": round(1000 * times[-1]), "peak MB": round(max(peaks))}
    most = 1.0 if len(times) >= 100 else 6.0  # of a few files it is the worst one, on a machine with other work to do
    if p99 >= most or max(peaks) >= 512:
        figure.wrong.append(f"p99 {p99:.2f} s, peak {max(peaks):.0f} MB")
    return figure


_BEGINS: dict[int, float] = {}  # process → megabytes it began with: those of the parent it was forked from


def _measured(job: tuple) -> tuple[str, float, float]:
    """Open one file: what it was, CPU seconds, and megabytes at most that the process has taken for files so far."""
    begins = _BEGINS.setdefault(os.getpid(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    began = time.process_time()
    found = opening._opened(job)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - begins
    return (found.code if isinstance(found, Problem) else "opened"), seconds, peak


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        print(opened_all(sorted(p for p in Path(sys.argv[1]).rglob("*") if p.is_file()), Path(home, "round")))
