"""The command that brings in the standard that the portal ships."""

from __future__ import annotations

import json

import click
from flask import Flask

from portal.assessments.actions import shipped
from portal.commands import Commands, act, database, json_option, yes_anyway

standards_group = Commands("standards", help="What services are assessed against.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(standards_group)


@standards_group.command("load")
@yes_anyway
@json_option
def load(as_json: bool) -> None:
    """Bring in the versions of the Service Standard that are not there; a second run changes
    nothing.
    """
    found = shipped.load(database(), act("standards load"))
    if as_json:
        counts = {"read": found.read, "created": found.created, "updated": 0}
        click.echo(json.dumps({**counts, "unchanged": found.unchanged, "set_aside": 0}))
        return
    click.echo(f"Versions added: {found.created}. There already: {found.unchanged}.")
