"""Documents: the one canonical, JSON-able form of each record.

History events, importers, undo, the demo set and the JSON and CSV answers all speak it. `clean_*`
take what somebody wrote and give back the canonical form, or say which field is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from portal.catalogue import words
from portal.catalogue.rules.cleaners import (
    NAME_LIMIT,
    TEXT_LIMIT,
    Cleaner,
    Document,
    day,
    day_needed,
    list_of,
    needed,
    one_of,
    periods,
    shape_of,
    slug,
    text,
    truth,
    web_address,
    whole,
)
from portal.errors import N_, Invalid

SERVICE: Mapping[str, Cleaner] = {
    "slug": slug,
    "name": needed(),
    "purpose": text(),
    "user_need": text(),
    "audiences": list_of(one_of(words.Audience)),
    "transactional": truth,
    "category": text(120),
    "customer_type": text(120),
    "business_model": text(200),
    "start_page": web_address,
    "service_address": web_address,
    "keywords": list_of(text(NAME_LIMIT)),
    "names": list_of(
        shape_of(
            {
                "name": needed(),
                "kind": one_of(words.ServiceNameKind),
                "language": one_of(words.Language),
                "until": day,
            }
        )
    ),
    "links": list_of(
        shape_of({"kind": one_of(words.LinkKind), "url": web_address, "title": text(NAME_LIMIT)})
    ),
    "channels": list_of(one_of(words.Channel)),
    "phases": list_of(shape_of({"phase": one_of(words.Phase), "since": day, "until": day})),
    "owners": list_of(
        shape_of(
            {
                "role": one_of(words.OwnerRole),
                "organisation": text(120),
                "published_name": text(NAME_LIMIT),
                "since": day,
                "until": day,
                "source": text(1000),
            }
        )
    ),
    "apis_answer": one_of(words.ApisAnswer),
    "apis": list_of(
        shape_of({"name": needed(), "address": web_address, "documentation": web_address})
    ),
    "relations": list_of(shape_of({"relation": one_of(words.ServiceRelation), "service": slug})),
    "yearly_transactions": whole,
    "transactions_from": day,
    "transactions_to": day,
    "sources": list_of(web_address),
}

ORGANISATION: Mapping[str, Cleaner] = {
    "slug": slug,
    "kind": one_of(words.OrganisationKind),
    "name": needed(),
    "abbreviation": text(40),
    "website": web_address,
    "start_date": day,
    "end_date": day,
    "identifiers": list_of(needed(120)),
    "names": list_of(
        shape_of(
            {
                "name": needed(),
                "language": one_of(words.Language),
                "kind": one_of(words.OrganisationNameKind),
                "since": day,
                "until": day,
            }
        )
    ),
    "aliases": list_of(shape_of({"alias": needed(), "source": text(1000)})),
    "parents": list_of(
        shape_of(
            {
                "organisation": needed(120),
                "relation": one_of(words.ParentRelation),
                "since": day,
                "until": day,
                "source": text(1000),
            }
        )
    ),
    "successions": list_of(
        shape_of(
            {
                "kind": one_of(words.SuccessionKind),
                "successor": text(120),
                "on": day_needed,
                "source": text(1000),
            }
        )
    ),
}

JOURNEY: Mapping[str, Cleaner] = {
    "slug": slug,
    "name": needed(),
    "goal": needed(TEXT_LIMIT),
    "steps": list_of(
        shape_of({"service": slug, "what_happens": needed(TEXT_LIMIT), "hand_off": text()})
    ),
    "sources": list_of(web_address),
}


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
    clean: Document = shape_of(SERVICE)("", draft)
    clean["audiences"].sort()
    for field in ("phases", "owners"):
        periods(field, clean[field])
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


#: A company's number as Companies House gives it, all eight characters.
COMPANY = re.compile(r"company:(?:[0-9]{8}|[A-Z]{2}[0-9]{6})")


def identifier(value: str) -> str:
    """A register's identifier; that of a company in capitals.

    Raises:
        Invalid: it is no company number.
    """
    if not value.startswith("company:"):
        return value
    found = f"company:{value.removeprefix('company:').strip().upper()}"
    if not COMPANY.fullmatch(found):
        raise Invalid(
            "identifiers",
            N_("Enter a company number of 8 characters: digits, or 2 letters and 6 digits"),
        )
    return found


def clean_organisation(document: Mapping[str, Any]) -> Document:
    """The canonical form of an organisation document.

    Raises:
        Invalid: a field is wrong, it ends before it starts, or a succession has no successor
            although the body was not abolished.
    """
    clean: Document = shape_of(ORGANISATION)("", document)
    clean["identifiers"] = sorted({identifier(each) for each in clean["identifiers"]})
    clean["aliases"].sort(key=lambda a: a["alias"])
    for field in ("names", "parents"):
        periods(field, clean[field])
    if clean["start_date"] and clean["end_date"] and clean["end_date"] < clean["start_date"]:
        raise Invalid("end_date", "The end must not be before the start")
    for position, row in enumerate(clean["successions"]):
        if row["successor"] is None and row["kind"] != words.SuccessionKind.ABOLISHED.value:
            raise Invalid(f"successions.{position}.successor", "Say which body took over")
    return clean


def clean_journey(document: Mapping[str, Any]) -> Document:
    """The canonical form of a journey document; raises Invalid where a field is wrong."""
    clean: Document = shape_of(JOURNEY)("", document)
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
