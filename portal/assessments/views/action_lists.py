"""All actions that the reader may see, the longest over their day first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from portal.access import Permission
from portal.assessments.booking_words import ActionState
from portal.assessments.rules import follow_ups as rules
from portal.assessments.rules.follow_ups import Age
from portal.assessments.store import follow_ups
from portal.assessments.store.follow_ups import ActionQuery
from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
)
from portal.digits import whole_number
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("action_lists", __name__)
FILTERS = ("state", "age", "organisation", "point")
COLUMNS = (
    "id", "reference", "booking", "organisation_slug", "organisation", "number", "point",
    "rating", "text", "owner", "due_on", "state", "age", "answer",
)  # fmt: skip
KNOWN: dict[str, set[str]] = {
    "state": {each.value for each in ActionState}, "age": {each.value for each in Age},
}  # fmt: skip


@formats(blueprint, "/assessment-actions")
@requires(Permission.USE_ACCOUNT)
def index(fmt: Format) -> Response:
    """List the actions that the reader may see."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    person, day = current_person(), today()
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, person, replace(query, after=None), day)),
        columns=COLUMNS,
        name="assessment-actions",
    )


def _asked() -> tuple[ActionQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown(*FILTERS, "after"))
    found = {name: request.args.get(name, "")[:200] for name in FILTERS}
    for name, known in KNOWN.items():
        if found[name] and found[name] not in known:
            ignored.append(f"{name}={found[name][:80]}")
            found[name] = ""
    number = found["point"]
    if number and whole_number(number, 999) is None:
        ignored.append(f"point={number[:80]}")
        number = ""
    after = request.args.get("after", "")
    place = _place(after) if after else None
    ignored += ["after"] if after and place is None else []
    return ActionQuery(
        found["organisation"] or None, ActionState(found["state"]) if found["state"] else None,
        Age(found["age"]) if found["age"] else None, int(number) if number else None, place,
    ), tuple(ignored)  # fmt: skip


def _place(text: str) -> tuple[date, int] | None:
    key = decode_key(text)
    try:
        return (date.fromisoformat(str(key[0])), key[1]) if key else None
    except ValueError:
        return None


def _rows(session: Session, person: Any, query: ActionQuery, day: date) -> Iterator[dict[str, Any]]:
    for row in follow_ups.every(session, person, query, day):
        age = rules.age(row.due_on, day).value if row.state in rules.OPEN else None
        found = {**row._asdict(), "age": age}
        yield {name: found[name] for name in COLUMNS}


def _index(query: ActionQuery, ignored: tuple[str, ...]) -> Response:
    person, day = current_person(), today()
    with reading() as session:
        rows = follow_ups.listing(session, person, query, day, PAGE_SIZE + 1)
        there = follow_ups.choices(session, person)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.due_on.isoformat(), last.id))} if last else None
    states = {name: text for name, text in labels("action_state").items() if name in there.states}
    points = {str(n): _("Point %(number)s", number=n) for n in there.points}
    return page(
        "assessments/action_list.html",
        title=_("Actions from assessments"),
        rows=rows[:PAGE_SIZE],
        ages={row.id: rules.age(row.due_on, day) for row in rows if row.state in rules.OPEN},
        facets=[
            (_("State"), filter_links("state", states, query.state, there.states)),
            (_("Age"), filter_links("age", labels("action_age"), query.age)),
            (_("Organisation"), filter_links("organisation", there.organisations,
                                             query.organisation)),
            (_("Point"), filter_links("point", points, str(query.point))),
        ],
        narrowed=any(request.args.get(name) for name in FILTERS),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )  # fmt: skip
