"""Give and end roles, invite people, and let somebody's roles pass to another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Grant, Permission, Role, Thing, may
from portal.accounts.actions import roles
from portal.accounts.forms.labels import label
from portal.accounts.forms.roles import (
    EndForm,
    GrantForm,
    InviteForm,
    LeaveForm,
    WithdrawForm,
    first_day_without,
    roles_of,
)
from portal.accounts.models.people import Person
from portal.accounts.rules.addresses import clean_email
from portal.accounts.store import grants, invitations, people, things
from portal.accounts.views.base import (
    FOLDERS,
    ID,
    KINDS,
    On,
    check_page,
    confirmed,
    crumbs_to,
    done,
    form_page,
    of_thing,
    on_things,
    people_url,
    person_thing,
    said,
    slug_of,
    thing_at,
    title_of,
    today,
)
from portal.accounts.views.people import managed
from portal.errors import Invalid, Missing
from portal.web.filters import long_date
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act, current_person
from portal.web.reading import database, reading

blueprint = Blueprint("roles", __name__)
BOTH = ("GET", "POST")


@on_things(blueprint, "/people/invite", methods=BOTH)
@requires(Permission.MANAGE_PEOPLE, of=thing_at)
def invite(folder: str, slug: str) -> AnyResponse:
    """Invite an address to a role: ask, show, send."""
    form, thing = InviteForm(), thing_at(folder, slug)
    form.role.choices = roles_of(KINDS[folder])
    if form.validate_on_submit():
        try:
            return _invite(form, thing, folder, slug)
        except Invalid as problem:
            form.refuse(problem)
    with reading() as session:
        crumbs = crumbs_to(title_of(session, thing), folder, slug)
    return form_page(form, _("Invite somebody"), crumbs)


def _invite(form: InviteForm, thing: Thing, folder: str, slug: str) -> AnyResponse:
    email, role = clean_email(form.email.data or ""), Role(form.role.data)
    with reading() as session:
        name = title_of(session, thing)
    if not confirmed():
        rows = [(_("Email address"), email), (_("Role"), label(role, "role")), (_("On"), name)]
        crumbs = crumbs_to(name, folder, slug)
        return check_page(_("Check the invitation"), _rows(rows), _("Send the invitation"), crumbs)
    grant = Grant(role, KINDS[folder], thing.id)
    roles.invite(database(), email, grant, act(), said(name, role, "/sign-in"))
    return done(_("The invitation is sent."), people_url(folder, slug))


def _rows(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in pairs]


def invitation_thing(invitation_id: int) -> Thing:
    """What somebody is invited to. Raises Missing."""
    with reading() as session:
        found = invitations.get(session, invitation_id)
    return of_thing(found.kind, found.thing_id)


@blueprint.route(f"/invitations/{ID}invitation_id>/withdraw", methods=BOTH)
@requires(Permission.MANAGE_PEOPLE, of=invitation_thing)
def withdraw(invitation_id: int) -> AnyResponse:
    """Take an invitation back: ask first."""
    with reading() as session:
        found = invitations.get(session, invitation_id)
        slug = slug_of(session, found.kind, found.thing_id)
    back = people_url(FOLDERS[found.kind], slug)
    form = WithdrawForm()
    if form.validate_on_submit():
        taken = roles.withdraw(database(), invitation_id, act())
        return done(
            _("The invitation is withdrawn.") if taken else _("It had ended already."), back
        )
    rows = [(_("Email address"), found.email), (_("Role"), label(found.role, "role"))]
    return form_page(form, _("Withdraw an invitation"), [(_("People"), back)], rows=_rows(rows))


@on_things(blueprint, f"/people/{ID}person_id>/grant", methods=BOTH)
@requires(Permission.MANAGE_PEOPLE, of=thing_at)
def grant(folder: str, slug: str, person_id: int) -> AnyResponse:
    """Give another role to somebody whom the reader sees: ask, show, give."""
    form, thing = GrantForm(), thing_at(folder, slug)
    person = _seen(person_id)
    form.role.choices = roles_of(KINDS[folder])
    if form.validate_on_submit():
        try:
            return _grant(form, person, thing, folder, slug)
        except Invalid as problem:
            form.refuse(problem)
    with reading() as session:
        crumbs = crumbs_to(title_of(session, thing), folder, slug)
    return form_page(form, _("Give a role to %(name)s", name=person.name), crumbs)


def _seen(person_id: int) -> Person:
    """Somebody with a role on a thing whose people the reader may see.

    Raises:
        Missing: there is no such person, or it is not the reader's business that there is.
    """
    with reading() as session:
        person = people.get(session, person_id)
        held = grants.of_person(session, person_id, today())
        found = things.by_ids(session, [(each.kind, each.thing_id) for each in held])
    who = current_person()
    if any(may(who, Permission.SEE_PEOPLE, thing) for thing in found.values()):
        return person
    if may(who, Permission.MANAGE_PORTAL):
        return person
    raise Missing("There is no such person")


def _grant(form: GrantForm, person: Person, thing: Thing, folder: str, slug: str) -> AnyResponse:
    role, until = Role(form.role.data), first_day_without(form.last_day)
    if until is not None and until <= today():
        raise Invalid("last_day", _("The last day must be today or later"))
    if not confirmed():
        with reading() as session:
            name = title_of(session, thing)
        last = long_date(form.last_day.data) if until else _("No end")
        rows = [(_("Who"), person.name), (_("Role"), str(label(role, "role"))), (_("On"), name),
                (_("Last day"), last)]  # fmt: skip
        crumbs = crumbs_to(name, folder, slug)
        return check_page(_("Check the role"), _rows(rows), _("Give the role"), crumbs)
    roles.give(database(), person.id, Grant(role, KINDS[folder], thing.id), act(), until)
    return done(_("The role is given."), people_url(folder, slug))


def grant_thing(grant_id: int) -> Thing:
    """What a role is on. Raises Missing."""
    with reading() as session:
        found = grants.get(session, grant_id)
    return of_thing(found.kind, found.thing_id)


@blueprint.route(f"/roles/{ID}grant_id>/end", methods=BOTH)
@requires(Permission.MANAGE_PEOPLE, of=grant_thing)
def end(grant_id: int) -> AnyResponse:
    """End a role, at once or on a later day: show it and ask first."""
    form = EndForm()
    with reading() as session:
        found = grants.get(session, grant_id)
        slug = slug_of(session, found.kind, found.thing_id)
    if form.validate_on_submit():
        try:
            return _end(grant_id, first_day_without(form.last_day), _back(found, slug))
        except Invalid as problem:
            form.refuse(problem)
    return _end_page(form, found, slug)


def _back(found: Any, slug: str) -> str:
    gone = found.thing_id and not slug
    return url_for("people.index") if gone else people_url(FOLDERS[found.kind], slug)


def _end(grant_id: int, until: date | None, back: str) -> AnyResponse:
    if until is not None and until <= today():
        raise Invalid("last_day", _("The last day must be today or later"))
    ended = roles.end(database(), grant_id, act(), until)
    return done(_("The role is ended.") if ended else _("It ends by then already."), back)


def _end_page(form: EndForm, found: Any, slug: str) -> AnyResponse:
    with reading() as session:
        there = slug or not found.thing_id
        name = title_of(session, Thing(found.kind, found.thing_id)) if there else _("removed")
    last = long_date(found.until - timedelta(days=1)) if found.until else _("No end")
    rows = [
        (_("Who"), found.person.name),
        (_("Role"), str(label(found.role, "role"))),
        (_("On"), name),
        (_("From"), long_date(found.since)),
        (_("Last day"), last),
    ]
    crumbs = [(_("People"), _back(found, slug))]
    return form_page(form, _("End a role"), crumbs, rows=_rows(rows))


@blueprint.route(f"/people/{ID}person_id>/leave", methods=BOTH)
@requires(Permission.MANAGE_PERSON, of=person_thing)
def leave(person_id: int) -> AnyResponse:
    """Somebody leaves: list what they hold, end it all, and pass it on."""
    with reading() as session:
        person, found = people.get(session, person_id), managed(session, person_id)
    form = LeaveForm()
    if not may(current_person(), Permission.MANAGE_PORTAL):
        del form.close
    if form.validate_on_submit():
        try:
            return _leave(form, person, [row.grant.id for row in found])
        except Invalid as problem:
            form.refuse(problem)
    return _leave_page(form, person, found)


def _leave_page(form: LeaveForm, person: Person, found: list[On]) -> AnyResponse:
    title = _("%(name)s leaves", name=person.name)
    crumbs = [(person.name, url_for("people.show", person_id=person.id))]
    template = "accounts/leave.html"
    return form_page(form, title, crumbs, template=template, roles=found, person=person)


def _leave(form: LeaveForm, person: Person, which: list[int]) -> AnyResponse:
    close = bool(form.close.data) if "close" in form else False
    successor = form.successor.data or ""
    many = roles.hand_over(database(), person.id, which, successor, act(), close)
    left = _("%(number)s roles are ended.", number=many)
    over = may(current_person(), Permission.MANAGE_PORTAL)
    where = url_for("people.index") if over else url_for("account.show")
    return done(left, where)
