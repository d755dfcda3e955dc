"""What every action of the desk works on: a folder, a language, a way to say how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xlperf.problems import Language, Problem, Where, errors, problem
from xlperf.rounds.store import ROUND_FILE, Progress, Round, open_round, silent
from xlperf.scheme.find import find_scheme

Data = dict[str, Any]


class Refused(Exception):
    """An action that cannot be done, with all that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(p.code for p in problems))
        self.problems = problems


class Cancelled(Exception):
    """The person at the desk ended a long step; what was recorded before stands."""


@dataclass(frozen=True)
class Desk:
    """What an action works on.

    home: the folder the page was opened on: a round's, or one that rounds lie in. problems: what is said beside the
    answer, added to by the action.
    """

    home: Path
    language: Language = "zh"
    progress: Progress = silent
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_round(self) -> bool:
        """Return whether the page was opened on a round's own folder."""
        return (self.home / ROUND_FILE).is_file()

    def folder(self, name: str) -> Path:
        """Return the folder of a round by its name, "" for the one the page was opened on. Raises Refused."""
        if not name and self.is_round:
            return self.home
        if not name or name in (".", "..") or Path(name).name != name or name.startswith("."):
            raise Refused([problem("DESK_BAD_NAME", found=name)])
        return self.home / name

    def round(self, name: str) -> Round:
        """Open a round. Raises Refused with every problem; what is only to be said is added to `problems`."""
        found, problems = open_round(self.folder(name))
        if found is None or errors(problems):
            raise Refused(problems)
        self.problems.extend(p for p in problems if p.severity != "note")
        return found

    def placed(self, found: Problem) -> Problem:
        """Return a problem whose file is said as the page does: below the folder it was opened on."""
        file = Path(found.where.file)
        if not found.where.file or not file.is_relative_to(self.home):
            return found
        below = file.relative_to(self.home).as_posix()
        return replace(found, where=replace(found.where, file="" if below == "." else below))


def scheme_named(values: Mapping[str, Any]) -> Path:
    """Return the folder of the scheme that the page named. Raises Refused where there is none."""
    path, problems = find_scheme(worded(values, "scheme"))
    if path is None:
        raise Refused(problems)
    return path


def worded(values: Mapping[str, Any], name: str) -> str:
    """Return a text that the page sent. Raises Refused where it is none."""
    value = values.get(name, "")
    if not isinstance(value, str):
        raise Refused([problem("DESK_BAD_WORD", Where(path=name), found=str(value))])
    return value
