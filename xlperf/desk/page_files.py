"""The parts of the page, put together: served part by part, or all in one file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from xlperf.wording import started

MODULES = ("appeals", "call", "chart", "desk", "dom", "main", "marks", "panels", "table", "words")
PAGE = frozenset({"desk.css", *(f"{name}.mjs" for name in MODULES)})


def part(name: str) -> str:
    """Return the text of one part of the page."""
    return files("xlperf.desk").joinpath("page", name).read_text("utf-8")


def imports(base: str) -> Mapping[str, str]:
    """Return where each module stands, for a page that is served part by part."""
    return {f"desk/{name}": f"./{base}{name}.mjs" for name in MODULES}


def page_text(where: Mapping[str, str], nonce: str = "", style: str = "", extra: str = "") -> str:
    """Return the page. where: module → address; style: rules that stand in the page itself; extra: at the end of it."""
    sheet = f"<style>{style}</style>" if style else '<link rel="stylesheet" href="page/desk.css">'
    return (
        part("index.html")
        .replace("<!--style-->", sheet)
        .replace("<!--nonce-->", f' nonce="{nonce}"' if nonce else "")
        .replace("{imports}", json.dumps({"imports": dict(where)}))
        .replace("<!--extra-->", extra)
    )


@cache
def page_texts(language: str) -> dict[str, str]:
    """Return key → words of the page."""
    text = files("xlperf").joinpath("texts/desk.csv").read_text("utf-8")
    return {row["key"]: row[language].replace("{xlperf}", started()) for row in csv.DictReader(io.StringIO(text))}
