"""The one door of the page: an action by its name, its words in, plain data out; the same served and in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from xlperf.desk.asked import Cancelled, Data, Desk, Refused
from xlperf.problems import Problem, at_the_page, problem
from xlperf.rounds.faults import fault_problems

ACTIONS = {  # what the page may ask for → module of this package and function; the module is read when it is asked for
    "home": "looks:home",
    "texts": "looks:texts",
    "steps": "looks:steps",
    "check": "regulation:regulation",
    "status": "looks:status",
    "letter": "looks:letter",
    "form": "forms:form",
    "ranking": "looks:ranking",
    "explain": "looks:explain",
    "readings": "looks:readings",
    "trial": "regulation:trial",
    "cells": "office:cells",
    "versions": "looks:list_versions",
    "new": "deeds:new",
    "demo": "deeds:demo",
    "distribute": "deeds:issue",
    "drop": "deeds:drop",
    "collect": "deeds:take_in",
    "enter": "office:enter",
    "score": "deeds:rank",
    "papers": "papers:papers",
    "publish": "papers:give_out",
    "appeals": "reviews:appeals",
    "appeal": "reviews:file_appeal",
    "weigh": "reviews:weigh",
    "decide": "reviews:rule_on",
    "undo": "deeds:take_back",
    "choose": "deeds:put_in_force",
    "lift": "deeds:lift_over",
    "refused": "looks:refused",
}
Action = Callable[[Desk, Mapping[str, Any]], Data]


def answer(desk: Desk, action: str, words: Mapping[str, Any]) -> Data:
    """Do what the page asks for.

    Returns `data` (None where it could not be done), `problems`, and `failed`. Raises nothing that a user can bring
    about: what the machine refuses is a problem like any other.
    """
    with at_the_page():
        try:
            return _answered(desk, _action(action)(desk, words))
        except Refused as refused:
            return _answered(desk, None, refused.problems)
        except Cancelled:
            return _answered(desk, None, [problem("DESK_CANCELLED")])
        except Exception as fault:
            problems = fault_problems(fault)
            if not problems:
                raise
            return _answered(desk, None, problems)


def _action(name: str) -> Action:
    if name not in ACTIONS:
        raise Refused([problem("DESK_UNKNOWN", found=name)])
    module, _, function = ACTIONS[name].partition(":")
    found: Action = getattr(import_module(f"xlperf.desk.{module}"), function)
    return found


def _answered(desk: Desk, data: Data | None, problems: list[Problem] | None = None) -> Data:
    said = list(dict.fromkeys([*desk.problems, *(problems or [])]))
    return {"data": data, "failed": data is None, "problems": [desk.placed(p).data(desk.language) for p in said]}


def answer_text(desk: Desk, request: str) -> str:
    """Answer a request that is JSON text: {"action": …, "words": {…}}."""
    asked = json.loads(request)
    return json.dumps(answer(desk, str(asked.get("action", "")), asked.get("words") or {}), ensure_ascii=False)
