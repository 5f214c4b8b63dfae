"""Whether a service or component needs an assessment, and the way on to booking one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.accounts.views.base import done
from portal.assessments.actions import booking
from portal.assessments.forms.assessment_needed import said
from portal.assessments.forms.booking import BeginForm
from portal.assessments.store import assessment_inputs, booking_drafts
from portal.assessments.store.assessment_inputs import About
from portal.catalogue.store import components, services
from portal.catalogue.views.base import database, found, reading, version
from portal.catalogue.views.editing_base import edits, thing_at
from portal.web.caching import unless_unchanged
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("assessment_needed", __name__)
BOTH = ("GET", "POST")
_service, _component = thing_at(services.THING), thing_at(components.THING)
_ABOUT = {
    Kind.SERVICE: assessment_inputs.about_service,
    Kind.COMPONENT: assessment_inputs.about_component,
}
_FOLDERS = {Kind.SERVICE: "services", Kind.COMPONENT: "components"}


@blueprint.get("/services/<slug:slug>/assessment-needed")
@unless_unchanged(version)
@public
def service(slug: str) -> Response:
    """Say whether a service needs an assessment, by whom, and why."""
    return _needed(Kind.SERVICE, slug)


@blueprint.get("/components/<slug:slug>/assessment-needed")
@unless_unchanged(version)
@public
def component(slug: str) -> Response:
    """Say whether a component needs an assessment, by whom, and why."""
    return _needed(Kind.COMPONENT, slug)


def _needed(kind: Kind, slug: str) -> Response:
    with reading() as session:
        about: About = found(session, kind.value, slug, _ABOUT[kind])
        may_book = _may_book(session, kind, about.id)
    return page(
        "assessments/needed.html",
        title=_("Does it need an assessment?"),
        section=about.name,
        crumbs=_crumbs(kind, slug, about.name),
        about=about,
        answer=about.answer,
        reasons=said(about, f"/{_FOLDERS[kind]}/{slug}", edits(kind.value, slug)),
        folder=_FOLDERS[kind],
        slug=slug,
        may_book=may_book,
    )


def _may_book(session: Session, kind: Kind, id_: int) -> bool:
    person = current_person()
    if not person.is_authenticated:
        return False
    return may(person, Permission.BOOK_ASSESSMENT, things.by_id(session, kind, id_))


def _crumbs(kind: Kind, slug: str, name: str) -> list[tuple[str, str]]:
    folder = _FOLDERS[kind]
    section = _("Services") if kind is Kind.SERVICE else _("Components")
    return [(section, f"/{folder}"), (name, f"/{folder}/{slug}")]


@blueprint.route("/services/<slug:slug>/assessments/book", methods=BOTH)
@requires(Permission.BOOK_ASSESSMENT, of=_service)
def book_service(slug: str) -> AnyResponse:
    """Begin to book an assessment of a service."""
    return _book(Kind.SERVICE, slug, _service(slug))


@blueprint.route("/components/<slug:slug>/assessments/book", methods=BOTH)
@requires(Permission.BOOK_ASSESSMENT, of=_component)
def book_component(slug: str) -> AnyResponse:
    """Begin to book an assessment of a component."""
    return _book(Kind.COMPONENT, slug, _component(slug))


def _book(kind: Kind, slug: str, thing: Thing) -> AnyResponse:
    form = BeginForm()
    if form.validate_on_submit():
        reference = booking.begin(database(), kind, slug, act())
        said = _("Your booking is begun. You can leave it and come back.")
        return done(said, url_for("booking_tasks.index", reference=reference))
    with reading() as session:
        of = booking_drafts.of_slug(session, kind, slug)
        others = booking_drafts.open_of(session, of, current_person())
    return page(
        "assessments/book.html",
        title=_("Book an assessment"),
        section=of.name,
        crumbs=_crumbs(kind, slug, of.name),
        form=form,
        others=others,
        needed=url_for(f"assessment_needed.{kind.value}", slug=slug),
        status=422 if form.errors else 200,
    )
