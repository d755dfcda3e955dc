"""Names that must stand for something: scorers, sheets, columns, tables, options, units."""
from __future__ import annotations
from collections.abc import Iterator
from xlperf.problems import Problem
from xlperf.scheme.model import Mapping, Scheme


def name_problems(scheme: Scheme, root: Mapping) -> Iterator[Problem]:
    return iter(())


def table_problems(scheme: Scheme) -> Iterator[Problem]:
    return iter(())
