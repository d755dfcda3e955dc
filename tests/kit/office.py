"""LibreOffice with our extension installed, as an ordinary user (unopkg refuses the superuser)."""

from __future__ import annotations

import atexit
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kit.judge import PROFILE
from kit.programs import need
from xlperf.addin.libreoffice.extension import build_oxt

RESTART = 81  # what the first start after an installation exits with
TRIES = 3  # how often LibreOffice is asked when it dies of itself


class Office:
    """A profile of its own with the extension in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.profile = folder / "profile"
        (self.profile / "user").mkdir(parents=True)
        (self.profile / "user" / "registrymodifications.xcu").write_text(PROFILE, "utf-8")
        self.oxt = build_oxt(folder / "xlperf.oxt")
        with zipfile.ZipFile(self.oxt) as parts:
            parts.extractall(folder / "core", [n for n in parts.namelist() if n.startswith("pythonpath/")])
        entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._owner = entry and (entry.pw_uid, entry.pw_gid)
        self._as = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []} if entry else {}
        self.run(["unopkg", "add", "-f", str(self.oxt)])

    def run(self, words: Sequence[str], check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program of LibreOffice under this profile; start again where it asks for it."""
        self.own()
        environment = {**os.environ, "HOME": str(self.folder)}
        words = [words[0], f"-env:UserInstallation={self.profile.as_uri()}", *words[1:]]
        for _ in range(3):
            done = subprocess.run(
                words, capture_output=True, text=True, timeout=240, env=environment, cwd=self.folder, **self._as
            )
            if done.returncode != RESTART:
                break
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def steps(self, steps: Sequence[Sequence[object]], screen: str = "") -> list[object]:
        """Open a document and do things to it; return what every step saw.

        screen: the X display to show the window on, where the steps are those of tests/kit/uno_click.py; without
        it LibreOffice has no window and the steps are those of tests/kit/uno_press.py.
        """
        for name in ("uno_press.py", "uno_click.py"):
            shutil.copyfile(Path(__file__).with_name(name), self.folder / name)
        (self.folder / "steps.json").write_text(json.dumps(steps), "utf-8")
        for _ in range(TRIES):
            done = self._driven(screen)
            if done.returncode >= 0:  # below 0: a signal, from the code of LibreOffice's bridge, not from ours
                break
        assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
        return json.loads(done.stdout)

    def _driven(self, screen: str) -> subprocess.CompletedProcess[str]:
        """Start LibreOffice and the script that drives it, once."""
        pipe = f"xlperf{os.getpid()}"
        self.own()
        shown = {"DISPLAY": screen, "SAL_USE_VCLPLUGIN": "gen"} if screen else {}
        environment = {**os.environ, "HOME": str(self.folder), **shown}
        words = ["soffice", f"-env:UserInstallation={self.profile.as_uri()}", "--norestore", "--nologo"]
        words += [f"--accept=pipe,name={pipe};urp;"] if screen else ["--headless", f"--accept=pipe,name={pipe};urp;"]
        program = subprocess.Popen(words, env=environment, start_new_session=True, **self._as)
        try:
            script = self.folder / ("uno_click.py" if screen else "uno_press.py")
            environment["PYTHONPATH"] = str(self.folder / "core" / "pythonpath")
            return subprocess.run(
                ["/usr/bin/python3", str(script), pipe, str(self.folder / "steps.json")],
                capture_output=True, text=True, timeout=240, env=environment, cwd=self.folder, **self._as,
            )  # fmt: skip
        finally:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)  # soffice starts others
            program.wait(30)

    def own(self) -> None:
        """Give the folder to the user LibreOffice runs as; it opens files of others read-only."""
        if self._owner is None:
            return
        for path in (self.folder, *self.folder.rglob("*")):
            os.chown(path, *self._owner, follow_symlinks=False)

    def recalculated(self, file: Path) -> Path:
        """Return a copy of a workbook as LibreOffice recalculates and saves it."""
        out = self.folder / "out"
        self.run(["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(file)])
        return out / file.name


def open_office(folder: Path) -> Office:
    """Return LibreOffice with the extension; without LibreOffice skip the test, and in CI fail it."""
    need("unopkg")
    if os.geteuid() == 0:  # every run of pytest closes its folder to other users again, also of runs that go on
        folder = Path(tempfile.mkdtemp(prefix="xlperf-office-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Office(folder)
