"""The reference page of every rule: docs/rules.md is this text, held by a test."""

from __future__ import annotations

from xlperf.rules import RULES


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
            lines.append(f"| `{p.name}` | {takes} | {'yes' if p.optional else ''} |")
        lines.append("")
    return "\n".join(lines)
