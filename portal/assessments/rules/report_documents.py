"""The document of a report: all that it says as one record, each assessment's fields by its place.

`1.stage` is the stage of the first assessment that the page tells of, so that the history, an
import and an undo speak of each field alone (docs/decisions/0003).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from portal.assessments import words
from portal.catalogue.rules.cleaners import (
    Cleaner,
    Document,
    day,
    list_of,
    needed,
    one_of,
    shape_of,
    slug,
    text,
    truth,
    web_address,
    whole,
)
from portal.errors import Invalid

#: The most assessments that one page tells of.
MOST = 9
_PLACED = re.compile(r"([1-9])\.([a-z_]+)")
#: A version of a standard, as `service-standard.1`; an assessment, as `hire-a-boat.2`.
_NUMBERED = re.compile(r"[a-z0-9-]{1,200}\.[1-9][0-9]{0,3}")


def _numbered(field: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _NUMBERED.fullmatch(value):
        raise Invalid(field, "This must be an address part and a number")
    return value


def _or_none(cleaner: Cleaner) -> Cleaner:
    return lambda field, value: None if value in (None, "") else cleaner(field, value)


def _record(field: str, value: object) -> Document:
    if value is not None and not isinstance(value, Mapping):
        raise Invalid(field, "This must be a record")
    return dict(value or {})


def _as_it_is(_field: str, value: Any) -> Any:
    return value


_POINT = shape_of(
    {
        "number": whole,
        "verbatim": needed(100),
        "rating": one_of(words.Rating),
        "reason": text(),
        "carried": lambda _field, value: bool(value),
    }
)
_CHECK = shape_of(
    {
        "field": needed(60),
        "reason": needed(500),
        "state": one_of(words.CheckState),
        "note": text(1000),
    }
)
REPORT: dict[str, Cleaner] = {
    "slug": slug,
    "key": needed(500),
    "title": needed(),
    "summary": text(),
    "body": lambda _field, value: value or "",
    "source": web_address,
    "verbatim": _record,
    "names_dropped": lambda field, value: whole(field, value) or 0,
    "published_on": day,
    "later": _or_none(slug),
    "same_as": _or_none(slug),
    "checks": list_of(_CHECK),
}
ASSESSMENT: dict[str, Cleaner] = {
    "name": needed(),
    "stage": one_of(words.Stage),
    "kind": one_of(words.AssessmentKind),
    "held_on": day,
    "scheme": _or_none(one_of(words.RatingScheme)),
    "result": one_of(words.Rating),
    "result_verbatim": text(200),
    "standard": _numbered,
    "pinned_because": text(1000),
    "discovery_on": day,
    "lead_present": truth,
    "owners": list_of(needed()),
    "organisations": _as_it_is,
    "points": list_of(_POINT),
    "service": _or_none(slug),
    "component": _or_none(slug),
    "service_match": one_of(words.ServiceMatch),
    "again_of": _numbered,
}
#: What an assessment says where nobody has said anything.
BLANK: Document = {
    "stage": "unknown",
    "kind": "assessment",
    "result": "not_rated",
    "service_match": "waiting",
}
#: The kinds of assessment that look again at another one.
AGAIN = ("reassessment", "amber_review")
#: What the history of a new report leaves out: it is long, and the report has it. An import
#: remembers it by what tells it apart.
LONG = ("body", "verbatim")
#: Texts that may have named somebody before a person corrected them: then the history does not
#: keep them, only that they changed.
TEXTS = ("title", "summary", *LONG)
#: Those of a report that was written here: who booked it and who chose the standard wrote more.
WRITTEN = (*TEXTS, "1.name", "1.pinned_because")
HIDDEN = "sha256:"


def digest(value: object) -> str:
    """What tells a long value from others."""
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def without_texts(document: Document) -> Document:
    """A document with what tells its texts apart in place of them."""
    hidden: Document = {
        n: HIDDEN + digest(document[n]) for n in TEXTS if document.get(n) is not None
    }
    for name in (placed(place, "points") for place in positions(document)):
        hidden[name] = [
            {**point, "reason": point["reason"] and HIDDEN + digest(point["reason"])}
            for point in document[name]
        ]
    return {**document, **hidden}


def without_written(document: Document) -> Document:
    """The same of a report that was written here."""
    more = {n: HIDDEN + digest(document[n]) for n in WRITTEN if document.get(n) is not None}
    return {**without_texts(document), **more}


def without_words(document: Document) -> Document:
    """A document without what people wrote, for a history that could not forget it."""
    left = {name: value for name, value in document.items() if name not in WRITTEN}
    points = [{**point, "reason": None} for point in document[placed(1, "points")]]
    return {**left, placed(1, "points"): points}


def without_findings(document: Document, now: Document) -> Document:
    """A document without what people wrote: its ratings stay, in one word each, and it is called
    as it is `now`.
    """
    called = {name: now[name] for name in
              ("title", placed(1, "name"), placed(1, "pinned_because"))}  # fmt: skip
    points = [{**point, "reason": None} for point in document[placed(1, "points")]]
    verbatim = {**document["verbatim"], "sections": []}
    return {**document, **called, "body": "", "verbatim": verbatim, placed(1, "points"): points}


def placed(position: int, field: str) -> str:
    """The name of an assessment's field in its report's document."""
    return f"{position}.{field}"


def parted(name: str) -> tuple[int, str] | None:
    """The place and the field of such a name; None for a field of the report."""
    found = _PLACED.fullmatch(name)
    return (int(found[1]), found[2]) if found else None


def positions(document: Document) -> list[int]:
    """The places of the assessments that a report tells of."""
    found = (parted(name) for name in document)
    return sorted({each[0] for each in found if each and each[1] == "name"})


def assessment(document: Document, position: int) -> Document:
    """The fields of one of its assessments."""
    return {name: document[placed(position, name)] for name in ASSESSMENT}


def clean(draft: Document) -> Document:
    """A report's document made canonical. Raises Invalid, which names the field."""
    found = {name: cleaner(name, draft.get(name)) for name, cleaner in REPORT.items()}
    for position in positions(draft):
        for field, cleaner in ASSESSMENT.items():
            name = placed(position, field)
            found[name] = cleaner(name, draft.get(name, BLANK.get(field)))
        _together(found, position)
    return found


def _together(found: Document, position: int) -> None:
    owners = found[placed(position, "owners")]
    bodies = list(found[placed(position, "organisations")] or [])
    found[placed(position, "organisations")] = (bodies + [None] * len(owners))[: len(owners)]
    if found[placed(position, "kind")] not in AGAIN:
        found[placed(position, "again_of")] = None
    numbers = [point["number"] for point in found[placed(position, "points")]]
    if len(set(numbers)) < len(numbers):
        raise Invalid(placed(position, "points"), "A point stands twice")
