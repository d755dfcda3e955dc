"""LibreOffice with our extension installed, as an ordinary user (unopkg refuses the superuser)."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

from kit.libreoffice import (
    RECALCULATES,
    SECONDS,
    Done,
    LibreOfficeFailed,
    asked,
    ended,
    kept_folder,
    ran,
    settings,
    written_profile,
)  # fmt: skip
from kit.programs import need
from xlperf.addin.libreoffice.extension import build_oxt
from xlperf.addin.libreoffice.install import path_outside

RESTART = 81  # what the first start after an installation exits with
SECONDS_FOR_STEPS = 300
GONE = ("LibreOffice did not answer", "DisposedException")  # what the script says when LibreOffice died under it


class Office:
    """A profile of its own with the extension in it; items: settings beside that every file is recalculated."""

    def __init__(self, folder: Path, *items: str) -> None:
        self.folder = folder
        self.profile = folder / "profile"
        self._settings = settings(RECALCULATES, *items)
        self.oxt = build_oxt(folder / "xlperf.oxt")
        with zipfile.ZipFile(self.oxt) as parts:
            parts.extractall(folder / "core", [n for n in parts.namelist() if n.startswith("pythonpath/")])
        entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._owner = entry and (entry.pw_uid, entry.pw_gid)
        self._as = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []} if entry else {}
        self._installed()

    def _installed(self) -> None:
        """Make the profile, in the place of one that may be there, and install the extension in it."""
        self._fresh()
        asked(lambda: self._run(["unopkg", "add", "-f", str(self.oxt)]), afresh=self._fresh)

    def _fresh(self) -> None:
        shutil.rmtree(self.profile, ignore_errors=True)
        written_profile(self.profile, self._settings)

    def _run(self, words: Sequence[str]) -> Done:
        """Run a program of LibreOffice under this profile; start again where it asks for it."""
        self.own()
        environment = {**os.environ, "HOME": str(self.folder), "PATH": path_outside()}
        words = [words[0], f"-env:UserInstallation={self.profile.as_uri()}", *words[1:]]
        for _ in range(3):
            done = ran(words, 2 * SECONDS, env=environment, cwd=self.folder, **self._as)
            if done.returncode != RESTART:
                break
        return done

    def steps(self, steps: Sequence[Sequence[object]], screen: str = "") -> list[object]:
        """Open a document and do things to it; return what every step saw.

        screen: the X display to show the window on, where the steps are those of tests/kit/uno_click.py; without
        it LibreOffice has no window and the steps are those of tests/kit/uno_press.py.
        """
        for name in ("uno_press.py", "uno_click.py"):
            shutil.copyfile(Path(__file__).with_name(name), self.folder / name)
        (self.folder / "steps.json").write_text(json.dumps(steps), "utf-8")
        return json.loads(asked(lambda: self._driven(screen), afresh=self._installed).stdout)

    def _driven(self, screen: str) -> Done:
        """Start LibreOffice and the script that drives it, once.

        Where the script ends by a signal (of LibreOffice's bridge) or LibreOffice ends before it, LibreOffice died;
        whatever else the script says is an answer.
        """
        pipe = f"xlperf{os.getpid()}"
        self.own()
        shown = {"DISPLAY": screen, "SAL_USE_VCLPLUGIN": "gen"} if screen else {}
        environment = {**os.environ, "HOME": str(self.folder), "PATH": path_outside(), **shown}
        words = ["soffice", f"-env:UserInstallation={self.profile.as_uri()}", "--norestore", "--nologo"]
        words += [f"--accept=pipe,name={pipe};urp;"] if screen else ["--headless", f"--accept=pipe,name={pipe};urp;"]
        program = subprocess.Popen(
            words, env=environment, start_new_session=True, stderr=subprocess.DEVNULL, **self._as
        )
        try:
            script = self.folder / ("uno_click.py" if screen else "uno_press.py")
            environment["PYTHONPATH"] = str(self.folder / "core" / "pythonpath")
            words = ["/usr/bin/python3", str(script), pipe, str(self.folder / "steps.json")]
            done = ran(words, SECONDS_FOR_STEPS, env=environment, cwd=self.folder, **self._as)
            if done.returncode > 0 and program.poll() is None and not any(word in done.stderr for word in GONE):
                raise LibreOfficeFailed(f"exit {done.returncode}: {done.stderr}")
            return done
        finally:
            ended(program)

    def own(self) -> None:
        """Give the folder to the user LibreOffice runs as; it opens files of others read-only."""
        if self._owner is None:
            return
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, *self._owner, follow_symlinks=False)

    def recalculated(self, file: Path) -> Path:
        """Return a copy of a workbook as LibreOffice recalculates and saves it."""
        made = self.folder / "out" / file.name
        made.unlink(missing_ok=True)
        words = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(made.parent), str(file)]
        asked(lambda: self._run(words), [made], self._installed)
        return made


def open_office(folder: Path, *items: str) -> Office:
    """Return LibreOffice with the extension; without LibreOffice skip the test, and in CI fail it."""
    need("unopkg")
    if os.geteuid() == 0:  # every run of pytest closes its folder to other users again, also of runs that go on
        folder = kept_folder()
    return Office(folder, *items)
