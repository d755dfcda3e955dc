"""Find a scheme: a path, or the id of one that comes with the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xlperf.problems import Problem, problem
from xlperf.scheme.words import nearest

_PACKAGE = Path(__file__).resolve().parent.parent
_FILE = "scheme.yaml"


def schemes_available() -> list[Path]:
    """List the folders of the schemes that come with the program, by id."""
    return sorted(_folders(), key=lambda folder: folder.name)


def find_scheme(id_or_path: Path | str) -> tuple[Path | None, list[Problem]]:
    """Return the folder or file of a scheme: what lies at the path, else the scheme of that id."""
    path = Path(id_or_path)
    if _exists(path):
        return path, []
    known = {folder.name: folder for folder in schemes_available()}
    if str(id_or_path) in known:
        return known[str(id_or_path)], []
    return None, [problem("UNKNOWN_SCHEME", found=id_or_path, nearest=nearest(str(id_or_path), known))]


def _folders() -> Iterator[Path]:
    """List the folders of the installed package, else of the checkout that it lies in."""
    roots = (_PACKAGE / "_schemes", _PACKAGE.parent / "schemes")
    root = next((r for r in roots if r.is_dir()), None)
    return (f.parent for f in root.glob(f"*/{_FILE}")) if root else iter(())


def _exists(path: Path) -> bool:
    try:
        return path.is_file() or (path / _FILE).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
