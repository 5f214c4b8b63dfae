"""Open seats, for assessors to volunteer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.forms.labels import labels as account_labels
from portal.accounts.store import people
from portal.accounts.views.base import ID, done
from portal.accounts.words import Profession
from portal.assessments.actions import assessors as acts
from portal.assessments.store import open_seats
from portal.assessments.store.open_seats import OpenQuery
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
)
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("open_seats", __name__)
COLUMNS = ("id", "assessment", "stage", "organisation", "role", "profession", "week",
           "volunteered")  # fmt: skip
#: What stands in files for an assessment of which nothing may be said.
CONFIDENTIAL = "a confidential assessment"


@formats(blueprint, "/assessors/open-seats")
@requires(Permission.ASSESS)
def index(fmt: Format) -> Response:
    """List the open seats that I could take."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    me = current_person().id
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, me, replace(query, after=0))),
        columns=COLUMNS,
        name="open-seats",
    )


def _asked() -> tuple[OpenQuery, tuple[str, ...]]:
    ignored, text = list(unknown("profession", at="after")), request.args.get("profession", "")
    if text and text not in set(Profession):
        ignored.append(f"profession={text[:80]}")
        text = ""
    return OpenQuery(Profession(text) if text else None, place("after") or 0), tuple(ignored)


def _rows(session: Session, me: int, query: OpenQuery) -> Iterator[dict[str, Any]]:
    for row in open_seats.every(session, me, query):
        found = {name: getattr(row, name, None) for name in COLUMNS}
        yield {**found, "assessment": row.name or CONFIDENTIAL}


def _index(query: OpenQuery, ignored: tuple[str, ...]) -> Response:
    me = current_person().id
    with reading() as session:
        rows = open_seats.listing(session, me, query, PAGE_SIZE + 1)
        mine = people.professions_of(session, me)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    called = account_labels("profession")
    return page(
        "assessments/open_seats.html",
        title=_("Open seats on panels"),
        section=_("Assessments"),
        crumbs=[(_("Assessments"), url_for("bookings.index"))],
        rows=rows[:PAGE_SIZE],
        facet=filter_links("profession", {p: called[p] for p in mine}, query.profession),
        professions=mine,
        narrowed=query.profession is not None,
        ignored=ignored,
        first=not query.after,
        paging=paging(None, following),
    )


@blueprint.post(f"/assessors/open-seats/{ID}seat_id>/volunteer")
@requires(Permission.ASSESS)
def volunteer(seat_id: int) -> AnyResponse:
    """Offer to take a seat."""
    acts.volunteer(database(), current_person().id, seat_id, act())
    said = _("Thank you. You get an email if the assurance team asks you to join.")
    return done(said, url_for("open_seats.index"))


@blueprint.post(f"/assessors/open-seats/{ID}seat_id>/withdraw")
@requires(Permission.ASSESS)
def withdraw(seat_id: int) -> AnyResponse:
    """Take the offer back."""
    acts.withdraw(database(), current_person().id, seat_id, act())
    return done(_("You no longer offer to take that seat."), url_for("open_seats.index"))
