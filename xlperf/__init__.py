"""Score workbooks from an appraisal regulation: scheme, plan, scores, sheets, reasons, rounds.

The names below come from `xlperf.api` when they are first asked for, because the arithmetic must
also run where pandas is not installed (inside LibreOffice's own Python).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlperf.version import VERSION

if TYPE_CHECKING:
    from xlperf.api import NotUsable, Result, load_scheme, score

__all__ = ["NotUsable", "Result", "load_scheme", "score"]
__version__ = VERSION


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'xlperf' has no attribute {name!r}")
    from xlperf import api

    return getattr(api, name)
