"""What the office did with a round beside sending and receiving: one record a kind of entry; see `rounds.ledger`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Despite:
    """Why a round goes on although the check of its scheme is red, and what was red.

    reason: in the words of who decided. codes: of the problems passed over. scheme_sha: the scheme they are of.
    """

    reason: str
    codes: tuple[str, ...]
    scheme_sha: str


@dataclass(frozen=True)
class Frozen:
    """Results that stay as they are: the file that holds them and what they were computed from.

    sha256: of the file. scheme_sha: of the scheme's files. program: the version that computed them.
    """

    file: str
    sha256: str
    scheme_sha: str
    program: str


@dataclass(frozen=True)
class Reopened:
    """Why a round whose results were frozen is worked on again; what was frozen stays as it is."""

    reason: str


@dataclass(frozen=True)
class Taken:
    """Frozen results of an earlier round that this one reads.

    file: the copy, below this round's folder. sha256: of its bytes. round, year, period: whose results they are.
    sign: of all this, with this round's own key.
    """

    file: str
    sha256: str
    round: str
    year: int
    period: str
    sign: str


@dataclass(frozen=True)
class Chosen:
    """The office put a version in force that another one had replaced. sha256: of the file."""

    sha256: str


@dataclass(frozen=True)
class Undone:
    """An entry that no longer counts. number: of the entry; what it was stays readable in the ledger."""

    number: int


@dataclass(frozen=True)
class Output:
    """Files that the program wrote for people to read. files: name below the round → sha256, "" for one taken away."""

    files: Mapping[str, str]


@dataclass(frozen=True)
class Settings:
    """What round.yaml says: recorded when the round begins, and whenever somebody has changed it."""

    text: str
