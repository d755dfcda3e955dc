"""The door of the command line: one line a command, its module read only when the command is run.

Here also ends what no command can mend: a disk or a file that refuses, and Ctrl+C.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

import click
from click.exceptions import NoSuchCommand

from xlperf.cli import output
from xlperf.cli.language import say, teach_click, with_our_marks
from xlperf.cli.page import HELP, texts_of, worded
from xlperf.files import NothingKept
from xlperf.many import few_searches
from xlperf.version import VERSION
from xlperf.wording import started_as

COMMANDS = {  # command → module of this package, and the command in it
    "addin": "addin:addin",
    "appeal": "appeals:appeal",
    "backtest": "suppose:backtest_command",
    "blank": "rounds:blank",
    "check": "schemes:check",
    "choose": "proof:choose_command",
    "collect": "rounds:collect_command",
    "demo": "rounds:demo",
    "desk": "desk:desk_command",
    "distribute": "rounds:distribute_command",
    "explain": "answers:explain",
    "freeze": "chain:freeze_command",
    "history": "chain:history_command",
    "lift": "proof:lift_command",
    "new": "rounds:new",
    "publish": "publish:publish_command",
    "readings": "answers:readings_command",
    "recalc": "addin:recalc",
    "robust": "suppose:robust_command",
    "rules": "schemes:rules",
    "schemes": "schemes:schemes",
    "score": "answers:score_command",
    "sign": "lives:sign_command",
    "status": "status:status_command",
    "undo": "proof:undo_command",
    "verify": "proof:verify_command",
    "watch": "addin:watch",
    "whatif": "trial:whatif_command",
}
INTERRUPTED = 130


class Door(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command in the words of the reader's language; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"xlperf.cli.{module}"), name)
        return worded(found, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table of texts alone, so that no module is read for it."""
        with formatter.section(say("命令", "Commands")):
            formatter.write_dl([(name, texts_of(name).short) for name in self.list_commands(ctx)])

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Begin a run in the language that the reader has now."""
        worded(self, "")
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what the machine refuses becomes a problem, a misspelt command is told the nearest one."""
        try:
            with few_searches(), started_as(output.called()), refusals_shown(), concerns_counted(ctx):
                return super().invoke(ctx)
        except click.UsageError as fault:
            if isinstance(fault, NoSuchCommand) and not fault.possibilities:
                fault = NoSuchCommand(fault.command_name, possibilities=COMMANDS, ctx=fault.ctx)
            raise click.UsageError(with_our_marks(fault), fault.ctx) from None


@contextmanager
def concerns_counted(ctx: click.Context) -> Iterator[None]:
    """Let a command that was done end with findings where the round it opened had a warning."""
    try:
        yield
    except SystemExit as end:
        if end.code not in (None, output.DONE):
            raise
    if ctx.meta.get(output.CONCERNED):
        raise SystemExit(output.FINDINGS)


@contextmanager
def refusals_shown() -> Iterator[None]:
    """End the command with a sentence and an exit code where the machine refuses or a person interrupts."""
    pressed: list[int] = []
    try:
        with _noting_interrupts(pressed):
            yield
    except BrokenPipeError:
        raise  # whoever read the output has gone; click ends quietly
    except Exception as fault:
        if pressed:  # a library that was just being imported made another fault of it
            _interrupted(KeyboardInterrupt())
        if isinstance(fault, OSError) and output.was_printing(fault):
            output.end_unheard(fault.strerror or type(fault).__name__)
        from xlperf.rounds.faults import fault_problems  # read only now: it needs sqlite3

        refused = fault_problems(fault)
        if not refused:
            raise
        output.fail(refused)
    except KeyboardInterrupt as stop:
        _interrupted(stop)


@contextmanager
def _noting_interrupts(pressed: list[int]) -> Iterator[None]:
    """Note every Ctrl+C in the list as well, wherever a signal can be taken up."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield
        return

    def noted(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, noted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _interrupted(stop: KeyboardInterrupt) -> NoReturn:
    click.echo(f"\n{_what_is_left(stop)}", err=True)
    raise SystemExit(INTERRUPTED) from None


def _what_is_left(stop: KeyboardInterrupt) -> str:
    if isinstance(stop, NothingKept):
        return say(
            "已按 Ctrl+C 中止。没有做完的文件夹已撤掉，没有留下文件；再运行一次从头做起。",
            "Interrupted. The unfinished folder was taken away, nothing is left of it; run the command again.",
        )
    return say(
        "已按 Ctrl+C 中止。已经写好的文件都完整；再运行一次就接着做。",
        "Interrupted. Every file that was written is complete; run the command again to go on.",
    )


@click.group(name="xlperf", cls=Door, context_settings=HELP)
@click.version_option(VERSION, message="xlperf %(version)s")
def main() -> None:
    """Run a command."""
    output.prepare_console()


teach_click()
