"""What all commands share: the database, the act, common options, and how a refusal is said."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from portal import clock
from portal.audit import Act
from portal.db import Database
from portal.errors import Problem
from portal.interchange.said import in_words, printable

JSON_ASKED = "portal.json"


class _Refusing(click.Command):
    """Ends with a sentence and 1 where the command refuses, or the database does."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say why it ended."""
        try:
            return super().invoke(ctx)
        except (Problem, DBAPIError) as problem:
            why = in_words(problem)
        click.echo(f"Refused: {printable(why)}", err=True)
        if ctx.meta.get(JSON_ASKED):
            click.echo(json.dumps({"refused": why}))
        ctx.exit(1)


class Commands(_Refusing, AppGroup):
    """A group of commands."""


class Command(_Refusing):
    """A command of its own; add `with_appcontext` to its function."""


def database() -> Database:
    """The database of the app that runs the command."""
    found: Database = current_app.extensions["portal"].database
    return found


def act(name: str, reason: str | None = None) -> Act:
    """The act of a command, now."""
    return Act(f"command:{name}", clock.now(), f"flask {name}", reason=reason)


def _remember(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta[JSON_ASKED] = value
    return value


#: A refusal is an object as well.
json_option = click.option(
    "--json", "as_json", is_flag=True, is_eager=True, callback=_remember,
    help="Print one JSON object.",
)  # fmt: skip
json_lines_option = click.option(
    "--json", "as_json", is_flag=True, is_eager=True, callback=_remember,
    help="Print JSON objects, one a line.",
)  # fmt: skip
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
#: For scripts that say it to every command.
yes_anyway = click.option("--yes", is_flag=True, expose_value=False, help="Nothing is asked.")
