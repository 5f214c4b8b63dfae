"""The questions about a component that its providers answer: what it is for, who may use it, how to
start, support, where it is in its life, what it costs from a day on, and who must use it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from portal.catalogue.rules import component_care, mandate_question
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.closing import ENDS
from portal.catalogue.rules.editing import book_of
from portal.catalogue.rules.mandate_question import MANDATE
from portal.catalogue.rules.service_answers import lines
from portal.errors import N_, Invalid

SUMMARY, DESCRIPTION, WHO, START = "summary", "description", "who", "start"
SUPPORT, LIFECYCLE, PRICE = "support", "lifecycle", "price"
CARE, INCIDENTS, UNSUPPORTED = "care", "incidents", "unsupported"
FIELDS: dict[str, tuple[str, ...]] = {
    SUMMARY: ("summary",),
    DESCRIPTION: ("description",),
    WHO: ("sectors", "eligibility_note"),
    START: ("how_to_start", "documentation", "steps"),
    SUPPORT: ("support_hours", "status_page"),
    LIFECYCLE: ("lifecycle", "lifecycle_since", "closes_on", "closing_means", "successor"),
    PRICE: ("prices",),
    CARE: ("team", "team_reachable", "security_tested_on", "looked_at_on"),
    INCIDENTS: ("incidents",),
    UNSUPPORTED: ("unsupported",),
    MANDATE: mandate_question.FIELDS,
}
_REACHED = {True: "yes", False: "no", None: ""}
Values = Mapping[str, Any]


def values_of(question: str, document: Document) -> dict[str, Any]:
    """What the form of a question shows for a document."""
    if question == START:
        steps = "\n".join(row["text"].replace("\n", " ") for row in document["steps"])
        return {**_plain(question, document), "steps": steps}
    if question == LIFECYCLE:
        shown = _plain(question, document)
        days = {name: _day(shown[name]) for name in ("lifecycle_since", "closes_on")}
        return {**shown, **days, "reference": document["successor"], "successor": None}
    if question == PRICE:
        row = _newest(document) or {}
        shown = {name: row.get(name) for name in ("item", "unit", "pence", "per_cent", "note")}
        return {**shown, "since": _day(row.get("since")), "source": row.get("source")}
    if question == CARE:
        shown = _plain(question, document)
        days = {name: _day(shown[name]) for name in ("security_tested_on", "looked_at_on")}
        return {**shown, **days, "team_reachable": _REACHED[shown["team_reachable"]]}
    if question in (INCIDENTS, UNSUPPORTED):
        field = FIELDS[question][0]
        return {field: component_care.written(document[field])}
    if question == MANDATE:
        return mandate_question.shown(document)
    return _plain(question, document)


def _plain(question: str, document: Document) -> dict[str, Any]:
    return {name: document[name] for name in FIELDS[question]}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _newest(document: Document) -> Document | None:
    """The price that began last, of those that hold."""
    found = [row for row in document["prices"] if not row["until"]]
    return max(found, key=lambda row: row["since"] or "", default=None)


def patch(question: str, document: Document, values: Values, day: date) -> Document:
    """The fields that an answer changes.

    Raises:
        Invalid: a value is wrong; `field` names the form's.
    """
    made = _WRITE.get(question)
    if made is not None:
        return made(document, values, day)
    return {name: values[name] for name in FIELDS[question]}


def _start(document: Document, values: Values, _day: date) -> Document:
    """A step that stays keeps how long it takes."""
    known = {row["text"].replace("\n", " "): row for row in document["steps"]}
    steps = [known.get(line) or {"text": line, "days": None} for line in lines(values["steps"])]
    return {"how_to_start": values["how_to_start"], "documentation": values["documentation"],
            "steps": steps}  # fmt: skip


def _lifecycle(document: Document, values: Values, day: date) -> Document:
    """Another phase begins on the day that is given, or today. One that goes on has no day of its
    end: what calls a closing off takes the day away, and a new one needs the phase that says so.
    """
    since, closes = values.get("lifecycle_since"), _iso(values.get("closes_on"))
    if values["lifecycle"] not in ENDS and closes:
        if closes != document["closes_on"]:
            raise Invalid("closes_on", N_("Choose that it is closing, or leave this day out"))
        closes = None
    if values["lifecycle"] != document["lifecycle"] and (
        since is None or _iso(since) == document["lifecycle_since"]
    ):
        since = day
    return {
        "lifecycle": values["lifecycle"],
        "lifecycle_since": _iso(since),
        "closes_on": closes,
        "closing_means": values.get("closing_means"),
        "successor": values["reference"],
    }


def _price(document: Document, values: Values, day: date) -> Document:
    """Another price of an item begins on a day and ends the one before; one of the same day is put
    right.
    """
    since = _iso(values.get("since")) or day.isoformat()
    names = ("item", "unit", "pence", "per_cent", "note", "source")
    made = {**{name: values.get(name) for name in names}, "since": since, "until": None}
    if (made["pence"] is None) == (made["per_cent"] is None):
        raise Invalid("pence", N_("Enter either pence or a percentage"))
    prices = []
    for row in document["prices"]:
        mine = row["item"] == made["item"] and not row["until"]
        if mine and row["since"] == since:
            continue
        if mine and row["since"] and row["since"] > since:
            raise Invalid("since", N_("This must be after the day the present price began"))
        prices.append({**row, "until": since} if mine else row)
    return {"prices": [*prices, made]}


def _care(_document: Document, values: Values, day: date) -> Document:
    """What was looked at without saying when was looked at today."""
    tested, looked = (component_care.not_later(name, values.get(name), day)
                      for name in ("security_tested_on", "looked_at_on"))  # fmt: skip
    reached = {shown: value for value, shown in _REACHED.items()}[values["team_reachable"] or ""]
    return {
        "team": values["team"],
        "team_reachable": reached,
        "security_tested_on": tested,
        "looked_at_on": looked or day.isoformat(),
    }


def _rows(field: str) -> Callable[[Document, Values, date], Document]:
    def write(document: Document, values: Values, day: date) -> Document:
        return {field: component_care.read(field, values[field], document[field], day)}

    return write


_WRITE: dict[str, Callable[[Document, Values, date], Document]] = {
    START: _start,
    LIFECYCLE: _lifecycle,
    PRICE: _price,
    CARE: _care,
    INCIDENTS: _rows("incidents"),
    UNSUPPORTED: _rows("unsupported"),
    MANDATE: mandate_question.patch,
}
_EVERY = book_of(FIELDS, values_of, patch)


def part(question: str, document: Document) -> Document:
    """What a document says on a question; of prices, those that have no end."""
    said = _EVERY.part(question, document)
    if question == PRICE:
        return {"prices": [row for row in said["prices"] if not row["until"]]}
    return said


BOOK = replace(_EVERY, part=part)
