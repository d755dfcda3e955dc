"""Results as one page for a browser: tables that sort, scores that open to their arithmetic and clause.

One file, nothing fetched, no library; it prints, and everything in it is reached by keyboard. What people typed is
written as text and stays text. Without scripts the tables stand as they are and every explanation opens still.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from xlperf.report.explanation import Answer, Explanation

_STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{font:16px/1.6 "仿宋","FangSong","Noto Serif CJK SC",serif;margin:0 auto;
max-width:72rem;padding:1rem;color:#111;background:#fff}
h1{font-size:1.6rem;text-align:center}h2{font-size:1.2rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.3rem .5rem;
text-align:center;vertical-align:top}
th{background:#e8e8e8}
th button{font:inherit;font-weight:bold;background:none;border:0;width:100%;cursor:pointer;padding:.2rem}
th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}
details{text-align:left}summary{cursor:pointer;text-align:center}
:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}
.why{margin:.3rem 0;padding-left:1.2rem}.note{color:#444}.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
nav button{font:inherit}:lang(en).zh,.en{display:none}body.en .en{display:revert}body.en .zh{display:none}
@media print{nav,.skip{display:none}details:not([open])>*:not(summary){display:none}th,td{padding:.1rem .3rem}
thead{display:table-header-group}tr{break-inside:avoid}body{font-size:11pt;max-width:none}}
"""
_SCRIPT = """
(function(){
var number=function(t){var v=parseFloat(t.replace(/,/g,''));return isNaN(v)?null:v};
var text=function(row,i){var s=row.cells[i].querySelector('summary');return(s||row.cells[i]).textContent.trim()};
document.querySelectorAll('table.sorts').forEach(function(table){
  table.querySelectorAll('thead th').forEach(function(th,i){
    th.querySelector('button').addEventListener('click',function(){
      var up=th.getAttribute('aria-sort')!=='ascending',body=table.tBodies[0];
      var rows=Array.prototype.slice.call(body.rows);
      rows.sort(function(a,b){
        var x=text(a,i),y=text(b,i),m=number(x),n=number(y);
        var d=m!==null&&n!==null?m-n:m!==null?-1:n!==null?1:x.localeCompare(y,'zh');
        return up||(m===null)!==(n===null)?d:-d});
      table.querySelectorAll('thead th').forEach(function(o){o.setAttribute('aria-sort','none')});
      th.setAttribute('aria-sort',up?'ascending':'descending');
      rows.forEach(function(r){body.appendChild(r)});
    })})});
var change=document.getElementById('language');
change.addEventListener('click',function(){
  var en=document.body.classList.toggle('en');document.documentElement.lang=en?'en':'zh-CN';
  change.setAttribute('aria-pressed',en?'true':'false')});
document.getElementById('all').addEventListener('click',function(){
  var every=document.querySelectorAll('details'),open=Array.prototype.some.call(every,function(d){return !d.open});
  every.forEach(function(d){d.open=open})});
})();
"""


@dataclass(frozen=True)
class Section:
    """A ranked list on the page. heads: Chinese and English; opens: the column that opens to the answer of its row."""

    title: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    opens: int
    answers: tuple[Answer | None, ...]


def page(title: str, sections: Iterable[Section], notes: Sequence[str] = ()) -> str:
    """Return the page as one text of HTML. notes: lines below the title, as they are."""
    above = "".join(f'<p class="note">{escape(note)}</p>' for note in notes if note)
    body = "".join(_section(s) for s in sections)
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<a class="skip" href="#results">{_both("跳到结果", "Skip to the results")}</a>'
        '<nav><button type="button" id="language" aria-pressed="false">中文 / English</button> '
        f'<button type="button" id="all">{_both("全部展开或收起", "Open or close all")}</button></nav>'
        f'<main id="results"><h1>{escape(title)}</h1>{above}{body}</main><script>{_SCRIPT}</script></body></html>\n'
    )


def _both(zh: str, en: str) -> str:
    """Write words of ours in both languages; one of them is shown."""
    return f'<span class="zh">{escape(zh)}</span><span class="en" lang="en">{escape(en)}</span>'


def _section(section: Section) -> str:
    heads = "".join(
        f'<th scope="col" aria-sort="none"><button type="button">{_both(zh, en)}</button></th>'
        for zh, en in section.heads
    )
    rows = "".join(
        f"<tr>{''.join(_cell(text, i == section.opens, answer) for i, text in enumerate(row))}</tr>"
        for row, answer in zip(section.rows, section.answers, strict=True)
    )
    return (
        f'<section><h2>{escape(section.title)}</h2><table class="sorts"><caption class="note">'
        f"{_both('点标题排序，点得分看推算和依据', 'Headings sort; a score opens to its arithmetic and clauses')}"
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _cell(text: str, opens: bool, answer: Answer | None) -> str:
    if not opens or answer is None:
        return f"<td>{escape(text)}</td>"
    return f"<td><details><summary>{escape(text)}</summary>{_answer(answer)}</details></td>"


def _answer(answer: Answer) -> str:
    """Write why: the arithmetic, the clauses, what was lost and gained, and the whole tree behind it."""
    steps = [f"{s.title} {s.value}：{s.working}" + (f"〔{s.basis}〕" if s.basis else "") for s in answer.steps]
    lost = [f"{x.label}：{x.score}／{x.full}，{x.why}" + (f"〔{x.basis}〕" if x.basis else "") for x in answer.losses]
    more = [f"{x.title} {x.value}：{x.label}" for x in answer.extras]
    missing = [f"{x.label} {x.title}".strip() for x in answer.missing]
    parts = (
        (("推算", "Arithmetic"), steps),
        (("失分", "Points lost"), lost),
        (("加减分", "Bonuses and deductions"), more),
        (("还缺", "Missing"), missing),
    )
    above = "".join(f"<p>{escape(text)}</p>" for text in answer.beside)
    above += "".join(
        f"<p>{_both(zh, en)}</p><ul class=why>{''.join(f'<li>{escape(t)}</li>' for t in lines)}</ul>"
        for (zh, en), lines in parts
        if lines
    )
    every = _both("逐步推算", "Step by step")
    return f"{above}<details><summary>{every}</summary><ul class=why>{_tree(answer.tree)}</ul></details>"


def _tree(e: Explanation) -> str:
    """Write a cell and what it was made from, each on a line below it."""
    said = "：".join(
        t for t in (f"{e.label or e.key} {e.title} {e.value}".strip(), "；".join([*e.because, e.working])) if t
    )
    clause = f"〔{e.basis}〕" if e.basis and e.working else ""
    inner = "".join(_tree(p) for p in e.parts if not p.closed)
    return f"<li>{escape(said + clause)}{f'<ul class=why>{inner}</ul>' if inner else ''}</li>"
