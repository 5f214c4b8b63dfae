"""How assessments are held: for the whole portal, and for an organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import PORTAL, Kind, Permission, Role, Thing, may
from portal.accounts.store import things
from portal.accounts.views.base import done
from portal.assessments.actions import booking_settings as acts
from portal.assessments.forms.booking_settings import HeldHowForm, holds, shown
from portal.assessments.rules.booking_settings import held_how
from portal.assessments.store import booking_settings
from portal.catalogue.store import organisations
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import thing_at
from portal.errors import Invalid, Stale
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("booking_settings", __name__)
BOTH = ("GET", "POST")
_body = thing_at(organisations.THING)
_ROLES = {Role.ASSURANCE_TEAM, Role.ORGANISATION_ADMINISTRATOR}


def _portal() -> Thing:
    return PORTAL


def install(app: Flask) -> None:
    """Let pages link to the settings where the reader may change them."""
    app.jinja_env.globals["holds_assessments_how"] = _holds_how


def _holds_how(slug: str | None = None) -> bool:
    """Whether the reader says how assessments are held: of an organisation, or of the portal."""
    person = current_person()
    roles = {grant.role for grant in person.grants} & _ROLES
    if not roles:
        return False  # most readers: nothing is read for them
    return may(person, Permission.HOLD_ASSESSMENTS_HOW, _body(slug) if slug else PORTAL)


@blueprint.route("/assessment-settings", methods=BOTH)
@requires(Permission.HOLD_ASSESSMENTS_HOW, of=_portal)
def portal() -> AnyResponse:
    """Say how assessments are held, where an organisation says nothing else."""
    crumbs = [(_("Assessments"), url_for("bookings.index"))]
    return _settings(None, _("How assessments are held"), "", crumbs)


@blueprint.route("/organisations/<slug:slug>/assessment-settings", methods=BOTH)
@requires(Permission.HOLD_ASSESSMENTS_HOW, of=_body)
def organisation(slug: str) -> AnyResponse:
    """Say how an organisation holds assessments."""
    key = (Kind.ORGANISATION, _body(slug).id)
    with reading() as session:
        name = things.names(session, [key])[key].name
    crumbs = [(_("Organisations"), "/organisations"), (name, f"/organisations/{slug}")]
    return _settings(key[1], _("How assessments are held"), name, crumbs)


def _settings(
    body: int | None, title: str, section: str, crumbs: list[tuple[str, str]]
) -> AnyResponse:
    with reading() as session:
        own, version = _said(session, body)
        above, _version = _said(session, None)
    form = HeldHowForm(data=shown(own, version))
    if form.validate_on_submit():
        try:
            changed = acts.say(database(), body, form.base_version(), form.values(), act())
            said = _("Your change is saved.") if changed else _("Nothing was changed.")
            return done(
                said, crumbs[-1][1] if body is None else f"{crumbs[-1][1]}/assessment-settings"
            )
        except (Invalid, Stale) as problem:
            field = getattr(problem, "field", "go")
            form.refuse(Invalid(field, problem.marked, **problem.values))
            form.base.data = str(version)
    held = held_how(own, above)
    return page(
        "assessments/settings.html",
        title=title,
        section=section or None,
        crumbs=crumbs,
        form=form,
        holds=holds(held, own, above, body is None),
        of_portal=body is None,
        status=422 if form.errors else 200,
    )


def _said(session: Session, body: int | None) -> tuple[dict[str, Any], int]:
    row = booking_settings.row_of(session, body)
    return (booking_settings.said(row), row.version) if row is not None else ({}, 0)
