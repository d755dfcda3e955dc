"""The command that serves the clerk's page on this machine."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from xlperf.cli.output import FAILED, say, show_problems
from xlperf.desk.server import DeskServer
from xlperf.problems import Where, problem


@click.command("desk")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Left out: any free one.")
@click.option("--no-browser", is_flag=True, help="Only print the link.")
def desk_command(folder: Path, port: int, no_browser: bool) -> None:
    """Open the clerk's page over a round's folder, or one that rounds lie in, on this machine alone."""
    if not folder.is_dir():
        show_problems([problem("FILE_GONE", Where(str(folder)), found=folder.name)])
        raise SystemExit(FAILED)
    with DeskServer(folder, port) as server:
        click.echo(server.link)
        click.echo(
            say("按 Ctrl+C 结束。链接只在本机有效。", "Ctrl+C ends it. The link works on this machine only."), err=True
        )
        if not no_browser:
            webbrowser.open(server.link)
        with suppress(KeyboardInterrupt):  # that is how it is ended
            server.serve_forever()
