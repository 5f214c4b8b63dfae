"""What the commands that import have in common: options, the preview, the question, the report."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from portal.catalogue.actions import importing
from portal.catalogue.rules.importing import Outcome, Parsed
from portal.commands import Commands, act, database, json_option
from portal.errors import Refused
from portal.interchange.rejects import rejects_file
from portal.interchange.said import told

FILE = click.Path(path_type=Path)
SHOWN = 20
import_group = Commands("import", help="Import files: a preview first, then one transaction.")


def database_files() -> list[Path]:
    """The files of a SQLite database."""
    name = database().url.database
    if not database().sqlite or not name:
        return []
    return [Path(name + ending) for ending in ("", "-wal", "-shm", "-journal")]


def import_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options every import has."""
    for option in (
        click.option("--yes", is_flag=True, help="Apply without the question."),
        click.option("--preview", "only", is_flag=True, help="Show what would happen, and stop."),
        json_option,
        click.option("--rejects", type=FILE, help="Write what is set aside to this CSV file."),
    ):
        command = option(command)
    return command


def run_import(
    parse: Callable[[], Parsed], apply: importing.Apply, files: Sequence[Path], yes: bool,
    only: bool, as_json: bool, rejects: Path | None,
) -> None:  # fmt: skip
    """Preview, ask, apply, print: the same for every format."""
    with (
        importing.seldom_collecting(),
        rejects_file(rejects, [*files, *database_files()]) as keep,
    ):
        step(as_json, "Reading")
        parsed = parse()
        command = act(f"import {parsed.kind}")
        if only or not yes:
            outcome = importing.preview(database(), parsed, command, apply, progress(as_json))
            if only:
                keep(outcome.aside)
            report(outcome, as_json and only, "would be ", err=as_json and not only)
            if only:
                return
            click.confirm("Apply this?", abort=True, err=as_json)
        outcome = importing.run(database(), parsed, command, apply, progress(as_json))
        try:
            keep(outcome.aside)
        except Refused as problem:
            raise Refused(f"{problem}. Import {outcome.batch_id or ''} is applied.") from problem
        report(outcome, as_json, "")


def on_terminal(quiet: bool) -> bool:
    """Whether somebody watches."""
    return not quiet and sys.stderr.isatty()


def step(quiet: bool, name: str) -> None:
    """Say on a terminal what takes its time now."""
    if on_terminal(quiet):
        click.echo(f"{name} ...", err=True)


def progress(quiet: bool) -> Callable[[int, int], None] | None:
    """A plain progress line on a terminal; nothing elsewhere."""
    if not on_terminal(quiet):
        return None

    def show(done: int, total: int) -> None:
        if done == total or done % 50 == 0:
            filled = 30 * done // max(total, 1)
            bar = "#" * filled + "." * (30 - filled)
            click.echo(f"\r[{bar}] {done} of {total}", nl=done == total, err=True)
        if done == total:
            step(quiet, "Links, checks and search")

    return show


def report(outcome: Outcome, as_json: bool, would: str, err: bool = False) -> None:
    """Print the counts, what was set aside, and what to know."""
    if as_json:
        for note in outcome.notes:
            click.echo(note, err=True)
        answer: dict[str, Any] = {"kind": outcome.kind, **outcome.counts()}
        click.echo(json.dumps({**answer, "batch": outcome.batch_id}))
        return
    for name, count in outcome.counts().items():
        words = name.replace("_", " ")
        words = would + words if name in ("created", "updated") else words
        click.echo(f"{words}: {count}", err=err)
    for aside in outcome.aside[:SHOWN]:
        click.echo(f"  {told(aside)}", err=err)
    if len(outcome.aside) > SHOWN:
        more = f"  and {len(outcome.aside) - SHOWN} more; --rejects FILE writes them all"
        click.echo(more, err=err)
    for note in outcome.notes:
        click.echo(note, err=err)
    if outcome.batch_id:
        click.echo(
            f"Import {outcome.batch_id} is applied. Undo: flask import undo {outcome.batch_id}"
        )
    elif not would:
        click.echo("Nothing changed.")
