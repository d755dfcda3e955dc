"""The reference page of every rule: docs/rules.md is this text, held by a test."""

from __future__ import annotations

from xlperf.formula.expression import Expr
from xlperf.formula.values import value_text
from xlperf.rules import RULES, Parameter
from xlperf.scheme.words import EMPTY


def rules_page() -> str:
    """Write the reference of every rule as a page; docs/rules.md is this text, held by a test."""
    lines = [
        "# Rules",
        "",
        "One section a rule: the word a scheme uses, the worksheet function, what each parameter takes.",
        "",
    ]
    for rule in RULES.values():
        lines += [
            f"## `{rule.word}` · {rule.zh}" + (f" · `{rule.name}`" if rule.name else ""),
            "",
            rule.help,
            "",
            "| parameter | takes | may be left out |",
            "|---|---|---|",
        ]
        for p in rule.parameters:
            takes = " / ".join(f"`{w}`" for w in p.words) if p.words else p.takes
            lines.append(f"| `{p.name}` | {takes} | {_left_out(p)} |")
        lines.append("")
    return "\n".join(lines)


def _left_out(parameter: Parameter) -> str:
    """Return whether a parameter may be left out, and what then counts."""
    if not parameter.optional:
        return ""
    default = parameter.default
    if isinstance(default, Expr):
        return f"yes: {value_text(default.args[0]) or EMPTY}" if default.op == "const" else "yes"
    return f"yes: `{default}`" if isinstance(default, str) and default else "yes"
