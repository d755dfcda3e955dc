"""What round.yaml says, recorded when a round begins and whenever somebody has changed it since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from xlperf.files import taking_turns
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.deeds import Settings
from xlperf.rounds.ledger import State, record_settings
from xlperf.rounds.store import KEY_FILE, OLD_KEY_FILE, ROUND_FILE, Round

_NAMED, _LONGEST = 4, 80  # lines that are named, and how much of each


def at_work(folder: Path) -> AbstractContextManager[None]:
    """Let one office action on a round after the other be done: whoever comes second sees what the first one did."""
    key = next((folder / name for name in (KEY_FILE, OLD_KEY_FILE) if (folder / name).is_file()), folder / ROUND_FILE)
    return taking_turns(key)


def settled(round_: Round) -> list[Problem]:
    """Record round.yaml where it is not as it was recorded last; return what was changed, as a warning."""
    problems = list(unsettled(round_, round_.state()))
    if problems or not round_.state().settings:
        record_settings(round_.ledger, Settings(_text(round_)))
    return problems


def unsettled(round_: Round, state: State) -> Iterator[Problem]:
    """List how round.yaml differs from what was recorded last; nothing of a round that never recorded it."""
    now = _text(round_)
    if state.settings and state.settings[-1].text != now:
        before = set(state.settings[-1].text.splitlines())
        lines = [line.partition("  #")[0] for line in now.splitlines() if line not in before]
        listed = "；".join(line[:_LONGEST] for line in lines[:_NAMED]) or word("只少了行")
        yield problem("SETTINGS_CHANGED", Where(ROUND_FILE), now=listed)


def _text(round_: Round) -> str:
    return (round_.folder / ROUND_FILE).read_bytes().decode("utf-8", "backslashreplace")
