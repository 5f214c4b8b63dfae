"""Booked assessments: those that the reader may know of, one of them, and its moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.store import people
from portal.accounts.views.base import done
from portal.assessments.actions import booking_steps
from portal.assessments.booking_words import Move, Part, State
from portal.assessments.forms.booking_labels import in_words
from portal.assessments.forms.booking_moves import MoveForm
from portal.assessments.rules import workflow
from portal.assessments.rules.confidentiality import Sees
from portal.assessments.store import booking_lists, bookings
from portal.assessments.store.booking_lists import BookingQuery
from portal.assessments.views import booking_panels
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.words import Stage
from portal.catalogue.forms.history_words import who
from portal.catalogue.forms.labels import label, labels
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
)
from portal.digits import id_in
from portal.errors import Invalid, Missing, Refused, Stale
from portal.web.formats import Format, formats, respond_list, respond_record
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("bookings", __name__)
FILTERS = ("state", "stage", "service", "component", "organisation")
KNOWN: dict[str, set[str]] = {
    "state": {each.value for each in State}, "stage": {each.value for each in Stage},
}  # fmt: skip
COLUMNS = ("reference", "name", "service", "component", "organisation", "organisation_name",
           "stage", "kind", "state", "confidential", "held_on")  # fmt: skip
EVENT = ("at", "by", "reason", "field", "before", "after")
#: What the history tells only those who may see what the panel found.
#: Moves whose reason stands on the page for as long as the booking is where they led.
WHY = {
    State.REJECTED: Move.REJECT, State.POSTPONED: Move.POSTPONE, State.WITHDRAWN: Move.WITHDRAW,
    State.STOPPED: Move.STOP, State.CLOSED_UNPUBLISHED: Move.CLOSE_UNPUBLISHED,
    State.UNPUBLISHED: Move.UNPUBLISH,
}  # fmt: skip
OF_DRAFT = ("booking.decided", "booking.unlock", "booking.unlocked", "booking.return_to_panel")


@formats(blueprint, "/assessments")
@requires(Permission.USE_ACCOUNT)
def index(fmt: Format) -> Response:
    """List the bookings that the reader may know of, the newest first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    person = current_person()
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, person, replace(query, after=None))),
        columns=COLUMNS,
        name="assessments",
    )


def _asked() -> tuple[BookingQuery, tuple[str, ...]]:
    ignored = list(unknown(*FILTERS, at="after"))
    found: dict[str, str] = {}
    for name in FILTERS:
        text = request.args.get(name, "")[:200]
        if text and text not in KNOWN.get(name, {text}):
            ignored.append(f"{name}={text[:80]}")
        elif text:
            found[name] = text
    state, stage = found.pop("state", None), found.pop("stage", None)
    return BookingQuery(
        State(state) if state else None, Stage(stage) if stage else None,
        after=place("after"), **found,
    ), tuple(ignored)  # fmt: skip


def _rows(session: Session, person: Any, query: BookingQuery) -> Iterator[dict[str, Any]]:
    for row in booking_lists.every(session, person, query):
        found = row._asdict()
        yield {name: found[name] for name in COLUMNS}


def _index(query: BookingQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = booking_lists.listing(session, current_person(), query, PAGE_SIZE + 1)
        states, stages = booking_lists.counts(session, current_person())
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    there = {name: text for name, text in labels("booking_state").items() if name in states}
    known = {name: text for name, text in labels("assessment_stage").items() if name in stages}
    return page(
        "assessments/bookings.html",
        title=_("Booked assessments"),
        rows=rows[:PAGE_SIZE],
        states=filter_links("state", there, query.state, states),
        stages=filter_links("stage", known, query.stage, stages),
        chosen=[(name, value) for name in FILTERS[2:] if (value := getattr(query, name))],
        narrowed=any(getattr(query, name) for name in FILTERS),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )


@formats(blueprint, ONE)
@requires(Permission.SEE_BOOKING, of=booking_at)
def show(reference: str, fmt: Format) -> Response:
    """Show one booking, as far as the reader may see it."""
    refuse_unknown(fmt, unknown())
    with reading() as session:
        seen = opened(session, reference)
        return respond_record(
            fmt,
            page=lambda: _show(session, seen),
            document=lambda: _document(seen),
            columns=COLUMNS,
            name=f"assessment-{reference}",
        )


def _document(seen: Seen) -> dict[str, Any]:
    booking, names = seen.booking, seen.read.names
    said = bookings.document_of(booking)
    organisation = names["organisations"]
    return {
        **{name: said.get(name) for name in COLUMNS},
        **{name[:-1]: found[0] if found else None for name, found in names.items()},
        "organisation_name": organisation[1] if organisation else None,
        **({"sessions": said["sessions"]} if Sees.SCHEDULE in seen.sees else {}),
    }


def _show(session: Session, seen: Seen) -> Response:
    booking = seen.booking
    on, turns = workflow.steps(workflow.moves(booking.state, seen.parts))
    return page(
        "assessments/booking.html",
        title=seen.title,
        crumbs=seen.crumbs[:1],
        seen=seen,
        booking=booking,
        names=seen.read.names,
        clocks=[each for each in booking.clocks if each.ended_on is None],
        steps=[(each, _page_of(each, booking.reference)) for each in on],
        turns=[(each, _page_of(each, booking.reference)) for each in turns],
        panels=booking_panels.of(session, seen),
        why=_why(session, seen),
        open=booking.state in workflow.OPEN,
    )


def _why(session: Session, seen: Seen) -> str | None:
    """Why the booking is where it is, if that was asked for, for those who may know."""
    led = WHY.get(seen.booking.state)
    if seen.booking.state is State.DRAFTING and Sees.DRAFT in seen.sees:
        led = Move.RETURN_TO_PANEL
    return booking_lists.why(session, seen.booking.id, [led]) if led else None


def _page_of(move: Move, reference: str) -> str:
    endpoint = booking_panels.page_of(move)
    if endpoint is not None:
        return url_for(endpoint, reference=reference)
    return url_for("bookings.move", reference=reference, move=move.value)


@blueprint.route(
    f"{ONE}/moves/<any({', '.join(repr(str(each)) for each in Move)}):move>",
    methods=("GET", "POST"),
)
@requires(Permission.SEE_BOOKING, of=booking_at)
def move(reference: str, move: str) -> AnyResponse:
    """Ask before a booking is moved on, and move it."""
    asked = Move(move)
    with reading() as session:
        seen = opened(session, reference)
    if asked not in workflow.moves(seen.booking.state, seen.parts):
        return _too_late(seen, asked)
    form = MoveForm(asked)
    if form.validate_on_submit():
        try:
            _made(seen, asked, form)
            return done(_("That is done."), _after(seen, asked))
        except (Invalid, Refused, Stale) as problem:
            form.refuse(_said(problem, form))
    form.version.data = str(seen.booking.version)
    return _asks(seen, asked, form)


def _after(seen: Seen, made: Move) -> str:
    """Where a move leads: one that opens the questions again, to them."""
    if made is Move.REVISE:
        return url_for("booking_tasks.index", reference=seen.booking.reference)
    return seen.href


def _too_late(seen: Seen, asked: Move) -> AnyResponse:
    """What was asked is not to be done from here, or not by them; a second click is told so."""
    if not workflow.rule_of(asked).by & seen.parts:
        raise Refused("this move is another's")
    raise Missing("There is no such move now")


def _made(seen: Seen, asked: Move, form: MoveForm) -> None:
    reason = form.reason.data if form.asks else None
    booking_steps.step(
        database(), seen.booking.reference, id_in(form.version.data), asked,
        current_person(), replace(act(), reason=reason or None),
        current_app.extensions["portal"].settings.public_url,
    )  # fmt: skip


def _said(problem: Invalid | Refused | Stale, form: MoveForm) -> Invalid:
    """What is missing is often on another page: then it is said at the button."""
    field = getattr(problem, "field", "")
    return Invalid(field if field in form else "go", problem.marked, **problem.values)


def _asks(seen: Seen, asked: Move, form: MoveForm) -> Response:
    return page(
        "assessments/booking_move.html",
        title=label(asked, "booking_move"),
        section=seen.title,
        crumbs=seen.crumbs,
        form=form,
        to=workflow.rule_of(asked).to or seen.booking.resumes,
        seen=seen,
        status=422 if form.errors else 200,
    )


@formats(blueprint, f"{ONE}/history")
@requires(Permission.SEE_BOOKING, of=booking_at)
def history(reference: str, fmt: Format) -> Response:
    """Tell what was done to a booking, as far as the reader may know."""
    ignored = unknown(at="before")
    refuse_unknown(fmt, ignored)
    seen, events = _told(reference, fmt)
    return respond_list(
        fmt,
        page=lambda: _history(seen, events, ignored),
        rows=lambda: _changes(events),
        columns=EVENT,
        name=f"assessment-{reference}-history",
        bounded=True,
    )


def _told(reference: str, fmt: Format) -> tuple[Seen, list[dict[str, Any]]]:
    """The booking, and its events: those of a page, or all."""
    with reading() as session:
        seen = opened(session, reference)
        if Sees.HISTORY not in seen.sees:
            raise Refused("the history is not theirs to read")
        if fmt != "html":
            return seen, _events(session, seen, None, 10**6)
        return seen, _events(session, seen, place("before"), PAGE_SIZE + 1)


def _events(session: Session, seen: Seen, before: int | None, most: int) -> list[dict[str, Any]]:
    without = () if Sees.DRAFT in seen.sees else OF_DRAFT
    found = booking_lists.events(session, seen.booking.id, without, before, most)
    known: dict[str, str] = {}
    if seen.parts & {Part.ASSURANCE, Part.LEAD}:
        known = people.names_of_actors(session, {event.actor for event in found})
    return [
        {
            "id": event.id,
            "at": event.at,
            "reason": event.reason,
            "made": event.tag == "booking.begun",
            "confirmed": False,
            "batch_id": None,
            "by": known.get(event.actor) or who(event.actor),
            "changes": in_words(event.before, event.after),
        }
        for event in found
    ]


def _changes(events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for event in events:
        for change in event["changes"]:
            yield {
                **{name: event[name] for name in ("at", "by", "reason")},
                "field": str(change.field),
                "before": "; ".join(str(line.text) for line in change.before) or None,
                "after": "; ".join(str(line.text) for line in change.after) or None,
            }


def _history(seen: Seen, events: list[dict[str, Any]], ignored: tuple[str, ...]) -> Response:
    following = {"before": events[PAGE_SIZE - 1]["id"]} if len(events) > PAGE_SIZE else None
    return page(
        "catalogue/history.html",
        title=_("History of %(name)s", name=seen.title),
        crumbs=seen.crumbs,
        about=[],
        form=None,
        slug=seen.booking.reference,
        events=events[:PAGE_SIZE],
        ignored=ignored,
        first=place("before") is None,
        paging=paging(None, following),
    )
