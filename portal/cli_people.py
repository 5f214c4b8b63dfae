"""The commands of accounts: add people, and hand over a link to sign in."""

from __future__ import annotations

import json

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.access import GRANTED_ON, PORTAL, Grant, Kind, Role, Thing
from portal.accounts.actions import people, signing_in
from portal.accounts.rules.addresses import clean_email
from portal.accounts.store import things
from portal.commands import Command, Commands, act, database, json_option, yes_anyway
from portal.errors import Invalid

people_group = Commands("people", help="Who can sign in, and as what.")
ROLES = click.Choice([role.value.replace("_", "-") for role in Role])


def install(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(people_group)
    app.cli.add_command(sign_in_link)


def _role(context: click.Context, option: click.Parameter, value: str) -> str:
    """Roles with either sort of line between their words."""
    return ROLES.convert(value.replace("_", "-"), option, context).replace("-", "_")


@people_group.command("create")
@click.argument("email")
@click.option("--role", required=True, callback=_role, metavar=f"[{'|'.join(ROLES.choices)}]")
@click.option("--organisation", help="The organisation's slug; the whole portal without it.")
@click.option("--service", help="A service's slug, for a role on it alone.")
@click.option("--component", help="A component's slug, for a role on it alone.")
@click.option("--name", default="", help="What people see; from the address without it.")
@yes_anyway
@json_option
def create(
    email: str, role: str, organisation: str | None, service: str | None, component: str | None,
    name: str, as_json: bool,
) -> None:  # fmt: skip
    """Let EMAIL sign in as ROLE. A second run changes nothing."""
    where = {
        Kind.ORGANISATION: organisation, Kind.SERVICE: service, Kind.COMPONENT: component,
    }  # fmt: skip
    thing = _thing(Role(role), {kind: slug for kind, slug in where.items() if slug})
    grant = Grant(Role(role), Kind(thing.kind), thing.id)
    id_, made, given = people.create(database(), email, name, grant, act("people create"))
    if as_json:
        click.echo(json.dumps({"id": id_, "created": made, "granted": given}))
        return
    who = "is added" if made else "was here already"
    click.echo(f"Person {id_} {who}; the role {'is given' if given else 'was theirs already'}.")


def _thing(role: Role, named: dict[Kind, str]) -> Thing:
    if len(named) > 1:
        raise Invalid("organisation", "name one of --organisation, --service and --component")
    kind, slug = next(iter(named.items()), (Kind.PORTAL, ""))
    if kind not in GRANTED_ON[role]:
        allowed = " or ".join(kind.value for kind in GRANTED_ON[role])
        raise Invalid("role", f"{role.value} is a role on: {allowed}")
    if kind is Kind.PORTAL:
        return PORTAL
    with database().reading() as session:
        return things.by_slug(session, kind, slug)


@people_group.command("domain")
@click.argument("domain")
@click.option("--organisation", required=True, help="The organisation's slug.")
@click.option("--may-publish", is_flag=True, help="What its people register is public at once.")
@yes_anyway
def domain(domain: str, organisation: str, may_publish: bool) -> None:
    """Let everybody with an address at DOMAIN sign in, as people of an organisation."""
    people.set_domain(database(), domain, organisation, may_publish, act("people domain"))
    click.echo("Whoever has an address there can sign in.")


@click.command("sign-in-link", cls=Command)
@click.argument("email")
@yes_anyway
@json_option
@with_appcontext
def sign_in_link(email: str, as_json: bool) -> None:
    """Print a link with which EMAIL can sign in once, within 15 minutes."""
    settings = current_app.extensions["portal"].settings
    at = act("sign-in-link").at
    link = signing_in.issue(database(), clean_email(email), at, settings.public_url)
    click.echo(json.dumps({"link": link}) if as_json else link)
