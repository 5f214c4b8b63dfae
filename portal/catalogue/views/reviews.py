"""Is this record still right? Asked of whoever owns it, signed in or by the link in a mail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, current_app, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Person, Thing
from portal.accounts.rules import signed_links
from portal.accounts.store import people, things
from portal.catalogue.actions import reviews as actions
from portal.catalogue.forms.history_words import said
from portal.catalogue.forms.reviews import ConfirmForm
from portal.catalogue.rules import reviews as rules
from portal.catalogue.store import as_at, reviews, service_needs
from portal.catalogue.views.base import reading, today
from portal.catalogue.views.components import blueprint as components
from portal.catalogue.views.histories import names_in
from portal.catalogue.views.services import blueprint as services
from portal.catalogue.words import LinkState, ReviewAnswer, Reviewed, ReviewState
from portal.errors import Missing
from portal.web.filters import long_date
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person
from portal.web.reading import database

if TYPE_CHECKING:
    from portal.catalogue.store.reviews import Standing

blueprint = Blueprint("reviews", __name__)
FOLDERS = {Reviewed.SERVICE: "services", Reviewed.COMPONENT: "components"}
STATUS = {LinkState.WRONG: 404, LinkState.EXPIRED: 410, LinkState.NO_ROLE: 403}


class Opened(NamedTuple):
    """A link of a mail: what it is good for, who answers, and about what."""

    state: LinkState
    who: Person | None = None
    thing: Thing | None = None


def service_at(slug: str) -> Thing:
    """The service at an address, as a thing. Raises Missing."""
    with reading() as session:
        return things.by_slug(session, Kind.SERVICE, slug)


def component_at(slug: str) -> Thing:
    """The component at an address, as a thing. Raises Missing."""
    with reading() as session:
        return things.by_slug(session, Kind.COMPONENT, slug)


@services.route("/services/<slug:slug>/confirm", methods=["GET", "POST"])
@requires(Permission.EDIT_SERVICE, of=service_at)
def confirm_service(slug: str) -> AnyResponse:
    """Ask about a service."""
    return _asked(current_person(), service_at(slug))


@components.route("/components/<slug:slug>/confirm", methods=["GET", "POST"])
@requires(Permission.EDIT_COMPONENT, of=component_at)
def confirm_component(slug: str) -> AnyResponse:
    """Ask about a component."""
    return _asked(current_person(), component_at(slug))


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@public
def link(token: str) -> AnyResponse:
    """Ask whoever opens the link in a mail. Only what is sent from the page counts: mail scanners
    open links.
    """
    opened = _opened(token)
    if opened.who is None or opened.thing is None:
        return page(
            "catalogue/confirm_problem.html",
            title=_("You cannot use this link"),
            state=opened.state,
            status=STATUS[opened.state],
        )
    return _asked(opened.who, opened.thing)


def _opened(token: str) -> Opened:
    found = signed_links.read(current_app.secret_key, token)  # type: ignore[arg-type]
    if found is None or found.kind not in set(Reviewed):
        return Opened(LinkState.WRONG)
    if found.last_day < today():
        return Opened(LinkState.EXPIRED)
    with reading() as session:
        who = people.known(session, found.person_id, today())
        try:
            thing = things.by_id(session, Kind(found.kind), found.thing_id)
        except Missing:
            return Opened(LinkState.NO_ROLE)
    if who is None or not rules.may_confirm(who, thing):
        return Opened(LinkState.NO_ROLE)
    return Opened(LinkState.READY, who, thing)


def _asked(who: Person, thing: Thing) -> AnyResponse:
    """The page with everything that the record says, and the form; or what follows the answer."""
    kind = Reviewed(thing.kind)
    form = ConfirmForm().about(kind)
    with reading() as session:
        slug, name = things.names(session, [(Kind(kind), thing.id)])[Kind(kind), thing.id]
    if form.validate_on_submit():
        return _answered(who, thing, ReviewAnswer(form.answer.data), slug)
    with reading() as session:
        record = as_at.NOW[kind.value](session, slug)[1]
        fields = said(record, names_in(session, record)).values()
        review = reviews.standing(session, kind, thing.id)
        needs = (
            service_needs.of_service(session, thing.id, today())
            if kind is Reviewed.SERVICE
            else None
        )
    return page(
        "catalogue/confirm.html",
        title=_("Check “%(name)s”", name=name),
        crumbs=[(name, f"/{FOLDERS[kind]}/{slug}")],
        form=form,
        fields=fields,
        review=review,
        needs=needs,
        status=422 if form.errors else 200,
    )


def _answered(who: Person, thing: Thing, answer: ReviewAnswer, slug: str) -> AnyResponse:
    did = replace(act(), actor=people.actor(who.id))
    record = f"/{FOLDERS[Reviewed(thing.kind)]}/{slug}"
    if answer is ReviewAnswer.RIGHT:
        by = actions.confirm(database(), who, thing, did)
        again = _("We will ask you again before %(day)s.", day=long_date(by)) if by else ""
        flash(f"{_('Thank you. You have confirmed this record.')} {again}".strip())
        return redirect(record, 303)
    if answer is ReviewAnswer.NOT_OURS:
        actions.disown(database(), who, thing, did)
        flash(_("Thank you. The administrators of its organisation will find out whose it is."))
        return redirect(record, 303)
    return redirect(_leads(record, "edit" if answer is ReviewAnswer.CHANGED else "retire"), 303)


def _leads(record: str, page_of: str) -> str:
    """Where a record of this kind is changed; where there is no such page, people tell us."""
    where = f"{record}/{page_of}"
    if current_app.url_map.bind("").test(where, "GET"):
        return where
    return url_for("problems.report", about=record)


def may_confirm(kind: str, slug: str) -> bool:
    """Whether the reader may confirm a record."""
    who = current_person()
    if not who.is_authenticated:
        return False
    with reading() as session:
        try:
            return rules.may_confirm(who, things.by_slug(session, Kind(kind), slug))
        except Missing:
            return False


def state_of(review: Standing | None) -> ReviewState | None:
    """How a review stands today."""
    return rules.state(review.review_by, today()) if review else None


def context() -> dict[str, Any]:
    """What templates ask of reviews."""
    return {"may_confirm": may_confirm, "review_state": state_of}
