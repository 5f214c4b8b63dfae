"""The calendar of the assessments that the reader may know of: a list, months, and a feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.rules.sign_in import digest
from portal.accounts.store import people
from portal.accounts.views.base import done
from portal.assessments.actions import calendar_keys
from portal.assessments.forms.booking_answers import WEEKDAYS
from portal.assessments.forms.calendar import KeyForm, feed, name_of
from portal.assessments.rules import calendar as rules
from portal.assessments.store import booking_drafts, booking_settings, calendar
from portal.assessments.store.calendar import Row
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import PAGE_SIZE, database, reading, refuse_unknown, today, unknown
from portal.catalogue.views.editing_base import public_url
from portal.errors import Missing
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("calendar", __name__)
COLUMNS = ("reference", "name", "stage", "kind", "state", "held_on", "starts", "minutes", "place",
           "confidential")  # fmt: skip
#: How far back a feed goes: calendars keep what they were told.
PAST = timedelta(days=90)


@formats(blueprint, "/assessments/calendar")
@requires(Permission.USE_ACCOUNT)
def index(fmt: Format) -> Response:
    """List the sessions that are ahead, the earliest first."""
    place, ignored = _asked()
    refuse_unknown(fmt, ignored)
    with reading() as session:
        every = None if fmt != "html" else PAGE_SIZE + 1
        rows = calendar.page(session, current_person(), today(), place, every)
    return respond_list(
        fmt,
        page=lambda: _index(rows, ignored, place is None),
        rows=lambda: map(_document, rows),
        columns=COLUMNS,
        name="assessments-calendar",
    )


def _asked() -> tuple[tuple[date, str, int] | None, tuple[str, ...]]:
    """The place in the list, and what of the address nobody knows."""
    ignored, text = unknown("after"), request.args.get("after", "")
    key = decode_key(text) if text else None
    if key is None:
        return None, ignored if not text else (*ignored, "after")
    try:
        day, _space, starts = str(key[0]).partition(" ")
        return (date.fromisoformat(day), starts, key[1]), ignored
    except ValueError:
        return None, (*ignored, "after")


def _document(row: Row) -> dict[str, Any]:
    found = row._asdict()
    return {name: getattr(found[name], "value", found[name]) for name in COLUMNS}


def _index(rows: list[Row], ignored: tuple[str, ...], first: bool) -> Response:
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    key = (f"{last.held_on.isoformat()} {last.starts}", last.id) if last else None
    return page(
        "assessments/calendar.html",
        title=_("Calendar of assessments"),
        crumbs=_crumbs(),
        rows=rows[:PAGE_SIZE],
        month=rules.said(today().replace(day=1)),
        ignored=ignored,
        first=first,
        paging=paging(None, {"after": encode_key(key)} if key else None),
    )


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Assessments"), url_for("bookings.index")), *more]


def _up() -> tuple[str, str]:
    return _("Calendar of assessments"), url_for("calendar.index")


@blueprint.get("/assessments/calendar/<month>")
@requires(Permission.USE_ACCOUNT)
def month(month: str) -> Response:
    """Show the sessions of one month."""
    first = rules.month_said(month)
    if first is None:
        raise Missing("There is no such month")
    with reading() as session:
        rows = calendar.between(session, current_person(), *rules.span(first))
        nation = booking_settings.held_by(session, None).nation
    return page(
        "assessments/calendar_month.html",
        title=_("Calendar of assessments: %(month)s", month=_month_words(first)),
        crumbs=_crumbs(_up()),
        weeks=rules.weeks(first, rows, nation),
        many=sum(row.held_on.month == first.month for row in rows),
        **_around(first),
    )


def _around(first: date) -> dict[str, Any]:
    """What the page of any month shows: the months around it, the names of the days, today."""
    around = [
        (rules.said(each), _month_words(each))
        if rules.FIRST_YEAR <= each.year <= rules.LAST_YEAR
        else None
        for each in (rules.previous_month(first), rules.next_month(first))
    ]
    return {"around": around, "weekdays": WEEKDAYS, "day": today()}


def _month_words(first: date) -> str:
    words: str = current_app.jinja_env.filters["month"](first)
    return words


@blueprint.route("/assessments/calendar/address", methods=("GET", "POST"))
@requires(Permission.USE_ACCOUNT)
def address() -> AnyResponse:
    """Make, replace or withdraw the address of the reader's feed; it is shown this once."""
    form, made = KeyForm(), ""
    if form.validate_on_submit():
        if form.withdraw.data:
            return _withdraw()
        token = calendar_keys.make(database(), current_person().id, act().at)
        made = f"{public_url()}{url_for('calendar.feed_of', token=token)}"
    return _address(form, made)


def _withdraw() -> AnyResponse:
    ended = calendar_keys.withdraw(database(), current_person().id)
    said = _("The address is withdrawn.") if ended else _("You have no address.")
    return done(said, url_for("calendar.address"))


def _address(form: KeyForm, made: str) -> Response:
    with reading(fresh=True) as session:
        key = booking_drafts.calendar_key(session, current_person().id)
    form.of_keeper(key is not None)
    return page(
        "assessments/calendar_address.html",
        title=_("Assessments in your own calendar"),
        crumbs=_crumbs(_up()),
        form=form,
        made=made,
        since=key.made_at if key else None,
        status=422 if form.errors else 200,
    )


@blueprint.get("/assessment-calendars/<token>.ics")
@public
def feed_of(token: str) -> Response:
    """The sessions that the keeper of an address may know of now, for a calendar program."""
    with reading(fresh=True) as session:
        body = feed(_sessions(session, token), public_url(), name_of())
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers.set("Content-Disposition", "inline", filename="assessments.ics")
    return answer


def _sessions(session: Session, token: str) -> Iterator[Row]:
    keeper = booking_drafts.keeper(session, digest(token))
    person = people.known(session, keeper, today()) if keeper is not None else None
    if person is None:
        raise Missing("There is no such calendar")
    yield from calendar.between(session, person, today() - PAST)
