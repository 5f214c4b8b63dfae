"""The commands of performance data."""

from __future__ import annotations

import json

import click
from flask import Flask

from portal.commands import Commands, act, database, json_option, yes_anyway
from portal.performance.actions import moving_in

data_sets_group = Commands("data-sets", help="Data sets that programs write to and read.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(data_sets_group)


@data_sets_group.command("create")
@click.argument("group")
@click.argument("type_", metavar="TYPE")
@click.option(
    "--token",
    "tokens",
    multiple=True,
    metavar="TOKEN",
    help="A token that programs have already; again for more. Without it one is made.",
)
@click.option(
    "--auto-id",
    "auto_ids",
    multiple=True,
    metavar="FIELD",
    help="Every _id is made from this field; again for more.",
)
@click.option("--open-schema", is_flag=True, help="Take any flat record.")
@click.option("--no-raw-queries", is_flag=True, help="Refuse reads that are not grouped.")
@click.option("--unpublished", is_flag=True, help="Reading needs a token.")
@click.option("--realtime", is_flag=True, help="Caches keep answers for two minutes only.")
@click.option("--not-queryable", is_flag=True, help="Refuse every read.")
@yes_anyway
@json_option
def create(
    group: str, type_: str, tokens: tuple[str, ...], auto_ids: tuple[str, ...], open_schema: bool,
    no_raw_queries: bool, unpublished: bool, realtime: bool, not_queryable: bool, as_json: bool,
) -> None:  # fmt: skip
    """Make a data set at /data/GROUP/TYPE, for the write and read API. A second run adds only
    tokens that are new.

    Without --open-schema it is checked as data sets of its TYPE are: transactions-by-channel,
    completion-rate and so on. Those of other types take any field, but each record needs a full
    moment and a period that there is.
    """
    flags = moving_in.Flags(
        list(auto_ids), open_schema, not no_raw_queries, not unpublished, realtime,
        not not_queryable,
    )  # fmt: skip
    with database().writing() as session:
        made = moving_in.create(session, group, type_, tokens, flags, act("data-sets create"))
    address = f"/data/{group}/{type_}"
    if as_json:
        counts = {"created": int(made.created), "unchanged": int(not made.created)}
        told = {"id": made.id, "address": address, **counts, "tokens": made.tokens_added}
        click.echo(json.dumps(told if made.token is None else {**told, "token": made.token}))
        return
    click.echo(f"{address} {'is there now' if made.created else 'was there already'}.")
    if made.token:
        click.echo(f"Its token, which nobody can be told again: {made.token}")
