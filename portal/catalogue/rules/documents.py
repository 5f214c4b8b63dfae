"""Documents: the one canonical, JSON-able form of each record.

History events, importers, undo, the demo set and the JSON and CSV answers all speak it. `clean_*`
take what somebody wrote and give back the canonical form, or say which field is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from portal.addresses import is_web_address
from portal.catalogue import words
from portal.errors import Invalid

Document = dict[str, Any]
Cleaner = Callable[[str, Any], Any]

NAME_LIMIT = 300
TEXT_LIMIT = 20_000
NUMBER_LIMIT = 10**15
SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


def plain_text(field: str, value: object, limit: int = TEXT_LIMIT) -> str | None:
    """NFC text without surrounding space; None where nothing is left.

    Raises:
        Invalid: not text, longer than `limit` characters, or with control characters.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise Invalid(field, "This must be text")
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise Invalid(field, "This must not include control characters")
    if len(text) > limit:
        raise Invalid(field, f"This must be {limit:,} characters or fewer")
    return text or None


def slugify(name: str) -> str:
    """A web address part for a name: ASCII words joined by hyphens, at most 120 characters."""
    folded = unicodedata.normalize("NFKD", name.replace("&", " and ").replace("'", ""))
    ascii_name = folded.replace("’", "").encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", ascii_name))[:120].strip("-")
    return slug or "unnamed"


def sort_key(name: str) -> str:
    """What a name sorts by, the same on every database: folded, without a leading "the"."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(c for c in folded if c.isalnum() or c == " ")
    return " ".join(bare.split()).removeprefix("the ")[:NAME_LIMIT]


def _text(limit: int = TEXT_LIMIT) -> Cleaner:
    return lambda field, value: plain_text(field, value, limit)


def _needed(limit: int = NAME_LIMIT) -> Cleaner:
    def clean(field: str, value: object) -> str:
        text = plain_text(field, value, limit)
        if text is None:
            raise Invalid(field, "This is needed")
        return text

    return clean


def _slug(field: str, value: object) -> str:
    text = _needed(200)(field, value)
    if not SLUG.match(text):
        raise Invalid(field, "Use lower-case letters, digits and single hyphens")
    return str(text)


def web_address(field: str, value: object) -> str | None:
    """An http or https address, or None. Raises Invalid for anything else."""
    text = plain_text(field, value, 2000)
    if text is None:
        return None
    if not is_web_address(text):
        raise Invalid(field, "Enter a web address that starts with https:// or http://")
    return text


def _date(field: str, value: object) -> str | None:
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Invalid(field, "Enter a date as year-month-day, like 2016-06-24") from None


def _date_needed(field: str, value: object) -> str:
    day = _date(field, value)
    if day is None:
        raise Invalid(field, "This is needed")
    return day


def _one_of(kind: type[StrEnum]) -> Cleaner:
    def clean(field: str, value: object) -> str:
        try:
            return kind(str(value)).value
        except ValueError:
            allowed = ", ".join(m.value for m in kind)
            raise Invalid(field, f"Choose one of: {allowed}") from None

    return clean


def _whole(field: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Invalid(field, "Enter a whole number, 0 or more")
    if value >= NUMBER_LIMIT:
        raise Invalid(field, f"This must be less than {NUMBER_LIMIT:,}")
    return value


def _truth(field: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise Invalid(field, "Choose yes, no or not known")


def _list(cleaner: Cleaner) -> Cleaner:
    def clean(field: str, value: object) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise Invalid(field, "This must be a list")
        found: list[Any] = []
        for position, item in enumerate(value):
            cleaned = cleaner(f"{field}.{position}", item)
            if cleaned is not None and cleaned not in found:
                found.append(cleaned)
        return found

    return clean


def _shape(shape: Mapping[str, Cleaner]) -> Cleaner:
    def clean(field: str, value: object) -> Document:
        if not isinstance(value, Mapping):
            raise Invalid(field, "This must be a record")
        unknown = sorted(set(value) - set(shape))
        if unknown:
            raise Invalid(f"{field}.{unknown[0]}".strip("."), "There is no such field")
        return {
            name: cleaner(f"{field}.{name}".strip("."), value.get(name))
            for name, cleaner in shape.items()
        }

    return clean


SERVICE: Mapping[str, Cleaner] = {
    "slug": _slug,
    "name": _needed(),
    "purpose": _text(),
    "user_need": _text(),
    "audiences": _list(_one_of(words.Audience)),
    "transactional": _truth,
    "category": _text(120),
    "customer_type": _text(120),
    "business_model": _text(200),
    "start_page": web_address,
    "service_address": web_address,
    "keywords": _list(_text(NAME_LIMIT)),
    "names": _list(
        _shape(
            {
                "name": _needed(),
                "kind": _one_of(words.ServiceNameKind),
                "language": _one_of(words.Language),
                "until": _date,
            }
        )
    ),
    "links": _list(
        _shape({"kind": _one_of(words.LinkKind), "url": web_address, "title": _text(NAME_LIMIT)})
    ),
    "channels": _list(_one_of(words.Channel)),
    "phases": _list(_shape({"phase": _one_of(words.Phase), "since": _date, "until": _date})),
    "owners": _list(
        _shape(
            {
                "role": _one_of(words.OwnerRole),
                "organisation": _text(120),
                "published_name": _text(NAME_LIMIT),
                "since": _date,
                "until": _date,
                "source": _text(1000),
            }
        )
    ),
    "apis_answer": _one_of(words.ApisAnswer),
    "apis": _list(
        _shape({"name": _needed(), "address": web_address, "documentation": web_address})
    ),
    "relations": _list(_shape({"relation": _one_of(words.ServiceRelation), "service": _slug})),
    "yearly_transactions": _whole,
    "transactions_from": _date,
    "transactions_to": _date,
    "sources": _list(web_address),
}

ORGANISATION: Mapping[str, Cleaner] = {
    "slug": _slug,
    "kind": _one_of(words.OrganisationKind),
    "name": _needed(),
    "abbreviation": _text(40),
    "website": web_address,
    "start_date": _date,
    "end_date": _date,
    "identifiers": _list(_needed(120)),
    "names": _list(
        _shape(
            {
                "name": _needed(),
                "language": _one_of(words.Language),
                "kind": _one_of(words.OrganisationNameKind),
                "since": _date,
                "until": _date,
            }
        )
    ),
    "aliases": _list(_shape({"alias": _needed(), "source": _text(1000)})),
    "parents": _list(
        _shape(
            {
                "organisation": _needed(120),
                "relation": _one_of(words.ParentRelation),
                "since": _date,
                "until": _date,
                "source": _text(1000),
            }
        )
    ),
    "successions": _list(
        _shape(
            {
                "kind": _one_of(words.SuccessionKind),
                "successor": _text(120),
                "on": _date_needed,
                "source": _text(1000),
            }
        )
    ),
}

JOURNEY: Mapping[str, Cleaner] = {
    "slug": _slug,
    "name": _needed(),
    "goal": _needed(TEXT_LIMIT),
    "steps": _list(
        _shape({"service": _slug, "what_happens": _needed(TEXT_LIMIT), "hand_off": _text()})
    ),
    "sources": _list(web_address),
}


def _periods(field: str, rows: Iterable[Document]) -> None:
    for position, row in enumerate(rows):
        if row["since"] and row["until"] and row["until"] < row["since"]:
            raise Invalid(f"{field}.{position}.until", "The end must not be before the start")


def _one_at_a_time(field: str, rows: list[Document], message: str) -> None:
    """Refuse two rows that surely hold on the same day.

    A day that is not known proves nothing, but an end does: whoever ended on a day was there until
    that day. So a row without a start counts from just before its end.
    """
    held = []
    for row in rows:
        until = row["until"] or "9999-12-31"
        held.append((row["since"] or _before(until), until))
    held.sort()
    for position, (since, until) in enumerate(held):
        if since < until and any(since <= s < min(until, u) for s, u in held[position + 1 :]):
            raise Invalid(field, message)


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def clean_service(document: Mapping[str, Any]) -> Document:
    """The canonical form of a service document.

    Raises:
        Invalid: a field is wrong, periods end before they start, not exactly one phase is open,
            two phases or two accountable organisations hold at once, or an API leads nowhere.
    """
    draft = {"apis_answer": words.ApisAnswer.UNKNOWN.value, **document}
    clean: Document = _shape(SERVICE)("", draft)
    clean["audiences"].sort()
    for field in ("phases", "owners"):
        _periods(field, clean[field])
    if not clean["phases"]:
        clean["phases"] = [{"phase": words.Phase.UNKNOWN.value, "since": None, "until": None}]
    if len([p for p in clean["phases"] if p["until"] is None]) != 1:
        raise Invalid("phases", "Exactly one phase must be open")
    _one_at_a_time("phases", clean["phases"], "A service is in one phase at a time")
    accountable = [o for o in clean["owners"] if o["role"] == words.OwnerRole.ACCOUNTABLE.value]
    _one_at_a_time("owners", accountable, "Only one organisation can be accountable at a time")
    for position, owner in enumerate(clean["owners"]):
        if not owner["organisation"] and not owner["published_name"]:
            raise Invalid(f"owners.{position}", "Say which organisation")
    for position, api in enumerate(clean["apis"]):
        if not api["address"] and not api["documentation"]:
            raise Invalid(f"apis.{position}", "Give the address or the documentation of the API")
    for position, link in enumerate(clean["links"]):
        if not link["url"]:
            raise Invalid(f"links.{position}.url", "Give the address")
    if clean["apis"]:
        clean["apis_answer"] = words.ApisAnswer.OFFERS.value
    if clean["yearly_transactions"] is not None and not clean["transactions_to"]:
        raise Invalid("transactions_to", "Say which 12 months the transactions are for")
    return clean


def clean_organisation(document: Mapping[str, Any]) -> Document:
    """The canonical form of an organisation document.

    Raises:
        Invalid: a field is wrong, it ends before it starts, or a succession has no successor
            although the body was not abolished.
    """
    clean: Document = _shape(ORGANISATION)("", document)
    clean["identifiers"].sort()
    clean["aliases"].sort(key=lambda a: a["alias"])
    for field in ("names", "parents"):
        _periods(field, clean[field])
    if clean["start_date"] and clean["end_date"] and clean["end_date"] < clean["start_date"]:
        raise Invalid("end_date", "The end must not be before the start")
    for position, row in enumerate(clean["successions"]):
        if row["successor"] is None and row["kind"] != words.SuccessionKind.ABOLISHED.value:
            raise Invalid(f"successions.{position}.successor", "Say which body took over")
    return clean


def clean_journey(document: Mapping[str, Any]) -> Document:
    """The canonical form of a journey document; raises Invalid where a field is wrong."""
    clean: Document = _shape(JOURNEY)("", document)
    if not clean["steps"]:
        raise Invalid("steps", "A journey needs at least one step")
    return clean


def refuse_future(document: Document, today: date) -> None:
    """Raise Invalid where a phase or owner of a clean service starts or ends after today.

    Who owns a service now, and its phase, are the rows without an end. A row that starts or ends
    later would make them wrong on the days between.
    """
    for field in ("phases", "owners"):
        for position, row in enumerate(document[field]):
            for which in ("since", "until"):
                if row[which] and row[which] > today.isoformat():
                    raise Invalid(f"{field}.{position}.{which}", "This must not be in the future")


def current_phase(document: Document) -> str:
    """The open phase of a clean service document."""
    return str(next(p["phase"] for p in document["phases"] if p["until"] is None))


def owner_now(document: Document, role: words.OwnerRole) -> Document | None:
    """The first open owner of a clean service document in a role, if there is one."""
    for owner in document["owners"]:
        if owner["role"] == role.value and owner["until"] is None:
            return dict(owner)
    return None
