"""The options --scheduler and --files: who works but this machine, where it finds the files."""

from __future__ import annotations

import click

from xlperf.cli import output
from xlperf.cli.output import say, show_problems
from xlperf.problems import problem
from xlperf.scheduled import Elsewhere, is_there


def elsewhere_of(scheduler: str, files: str = "") -> Elsewhere | None:
    """Return what the options say, None for this machine; the command ends where that cannot be."""
    if files and not scheduler:
        raise click.UsageError(say("--files 要和 --scheduler 一起用", "--files goes with --scheduler"))
    if scheduler and not is_there():
        show_problems([problem("SCHEDULER_NO_TOOL")])
        raise SystemExit(output.FAILED)
    return Elsewhere(scheduler, files) if scheduler else None
