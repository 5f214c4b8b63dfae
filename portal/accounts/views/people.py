"""Lists of people: everybody, those of one thing, and one person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.access import Kind, Permission, Role, Thing, may, roles_on
from portal.accounts.forms.labels import label, labels
from portal.accounts.models.people import Person
from portal.accounts.store import grants, invitations, lists, people, requests, things
from portal.accounts.store.erasing import is_erased
from portal.accounts.store.lists import PeopleQuery
from portal.accounts.views.base import (
    ID,
    KINDS,
    On,
    crumbs_to,
    named,
    on_things,
    people_url,
    person_thing,
    thing_at,
    title_of,
    today,
)
from portal.web.arguments import PAGE_SIZE, place, refuse_unknown, unknown
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person
from portal.web.reading import reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("people", __name__)
ROLE_COLUMNS = ("name", "email", "role", "kind", "thing", "slug", "since", "until")
COLUMNS = ("id", "name", "email", "since", "closed", "roles")
ACTIVE = {"active": True, "closed": False}


def asked(*also: str) -> tuple[PeopleQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown("q", "role", *also, at="after"))
    role, state = request.args.get("role", ""), request.args.get("state", "")
    if role and role not in set(Role):
        ignored.append(f"role={role[:80]}")
        role = ""
    if "state" in also and state and state not in ACTIVE:
        ignored.append(f"state={state[:80]}")
    query = PeopleQuery(
        text=request.args.get("q", "").strip()[:200],
        role=Role(role) if role else None,
        active=ACTIVE.get(state) if "state" in also else None,
        after=place("after"),
    )
    return query, tuple(ignored)


@formats(blueprint, "/people")
@requires(Permission.MANAGE_PORTAL)
def index(fmt: Format) -> Response:
    """List everybody who can sign in, or could."""
    query, ignored = asked("state")
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=lambda: _everybody(query),
        columns=COLUMNS,
        name="people",
    )


def _index(query: PeopleQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = lists.people(session, query, today(), PAGE_SIZE + 1)
    following = {"after": rows[PAGE_SIZE - 1][0].id} if len(rows) > PAGE_SIZE else None
    return page(
        "accounts/people.html",
        title=_("People"),
        query=query,
        rows=rows[:PAGE_SIZE],
        roles=_roles(query),
        states=_states(),
        ignored=ignored,
        paging=paging(None, following),
    )


def _everybody(query: PeopleQuery) -> list[dict[str, Any]]:
    with reading() as session:
        return [_person(person, many) for person, many in lists.people(session, query, today())]


def _person(person: Person, many: int) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "since": person.created_at.isoformat(),
        "closed": person.deactivated_at.isoformat() if person.deactivated_at else None,
        "roles": many,
    }


def _given_on(kind: Kind) -> list[Role]:
    """The roles on a thing of this kind, or on what one of it owns."""
    below = () if kind is not Kind.ORGANISATION else (Kind.SERVICE, Kind.COMPONENT)
    return [role for role in Role if any(role in roles_on(each) for each in (kind, *below))]


def _roles(query: PeopleQuery, offered: Iterable[Role] = Role) -> list[dict[str, Any]]:
    texts = {role: labels("role")[role] for role in offered}
    return filter_links("role", texts, query.role)


def _states() -> list[dict[str, Any]]:
    now = request.args.get("state")
    texts = {"active": _("Can sign in"), "closed": _("Account closed")}
    return filter_links("state", texts, now)


@on_things(blueprint, "/people", formats=True)
@requires(Permission.SEE_PEOPLE, of=thing_at)
def of(folder: str, slug: str, fmt: Format) -> Response:
    """List who has a role on a thing; of an organisation, on what it owns as well."""
    query, ignored = asked()
    refuse_unknown(fmt, ignored)
    thing = thing_at(folder, slug)
    return respond_list(
        fmt,
        page=lambda: _of(thing, folder, slug, query, ignored),
        rows=lambda: _members(thing, query),
        columns=ROLE_COLUMNS,
        name=f"{slug or folder}-people",
    )


def _of(
    thing: Thing, folder: str, slug: str, query: PeopleQuery, ignored: tuple[str, ...]
) -> Response:
    kind, manages = KINDS[folder], may(current_person(), Permission.MANAGE_PEOPLE, thing)
    with reading() as session:
        name = title_of(session, thing)
        found = lists.roles(session, things.reach(session, thing), query, today(), PAGE_SIZE + 1)
        rows = named(session, found[:PAGE_SIZE])
        invited = invitations.open_on(session, kind, thing.id, act().at) if manages else []
        waiting = requests.waiting_on(session, kind, thing.id) if manages else []
    following = {"after": found[PAGE_SIZE - 1].id} if len(found) > PAGE_SIZE else None
    whole = folder == "portal"
    return page(
        "accounts/people_of.html",
        title=_("People of the portal") if whole else _("People of %(name)s", name=name),
        crumbs=crumbs_to(name, folder, slug)[:-1],
        query=query, folder=folder, slug=slug, rows=rows, manages=manages, waiting=waiting,
        invited=invited, roles=_roles(query, _given_on(kind)), ignored=ignored,
        paging=paging(None, following), here=people_url(folder, slug),
        over=may(current_person(), Permission.MANAGE_PORTAL),
    )  # fmt: skip


def _members(thing: Thing, query: PeopleQuery) -> list[dict[str, Any]]:
    with reading() as session:
        found = lists.roles(session, things.reach(session, thing), query, today())
        return [_member(row) for row in named(session, found)]


def _member(row: On) -> dict[str, Any]:
    grant = row.grant
    return {
        "name": grant.person.name,
        "email": grant.person.email,
        "role": grant.role.value,
        "kind": grant.kind.value,
        "thing": row.name,
        "slug": row.slug,
        "since": grant.since,
        "until": grant.until,
    }


@blueprint.get(f"/people/{ID}person_id>")
@requires(Permission.MANAGE_PERSON, of=person_thing)
def show(person_id: int) -> Response:
    """Show somebody to an administrator: those roles that the administrator may end."""
    with reading() as session:
        person = people.get(session, person_id)
        roles = managed(session, person_id)
        professions = people.professions_of(session, person_id)
    return page(
        "accounts/person.html",
        title=person.name,
        section=_("People"),
        person=person,
        erased=is_erased(person),
        roles=roles,
        professions=[str(label(each, "profession")) for each in professions],
    )


def managed(session: Session, person_id: int) -> list[On]:
    """Somebody's roles of today or later that the reader may end."""
    found = grants.of_person(session, person_id, today())
    return [row for row in named(session, found) if row.managed or _is_orphan(row)]


def _is_orphan(row: On) -> bool:
    """A role on something that was removed: the portal's people tidy up."""
    gone = row.href is None and row.grant.kind is not Kind.PORTAL
    return gone and may(current_person(), Permission.MANAGE_PORTAL)
