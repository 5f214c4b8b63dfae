"""Mandates: which services fall under each, and how they stand to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.access import Permission, may
from portal.catalogue.component_words import MandateState
from portal.catalogue.forms.labels import labels
from portal.catalogue.forms.mandates import MEANS
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.store import mandate_records, mandates, service_mandates
from portal.catalogue.store.mandates import MandateQuery, place_of
from portal.catalogue.views.base import (
    PAGE_SIZE,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from portal.catalogue.store.mandate_records import Mandated
    from portal.catalogue.store.mandates import Row

blueprint = Blueprint("mandates", __name__)
STATES = tuple(each.value for each in MandateState)
COLUMNS = ("slug", "component", "provider", "scope", "needs", "since", "until", "in_force", *STATES)
ROWS = ("service_slug", "service", "organisation_slug", "organisation", "need_slug", "state",
        "instead", "reason", "contract_end", "exemption", "exempt_until", "granted_by",
        "granted_on")  # fmt: skip
FILTERS = ("state", "organisation", "need", "ends-within")
#: Exemptions that end within so many months.
MONTHS = (3, 6, 12)


def sees_requests() -> bool:
    """Whether the reader may know of all requests that are not decided."""
    return may(current_person(), Permission.DECIDE_REQUESTS)


@formats(blueprint, "/mandates")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List what services must use, with how many do."""
    refuse_unknown(fmt, unknown())
    with reading() as session:
        found = mandate_records.every(session)
        many = mandates.counts(session, found, today(), sees_requests())
    return respond_list(
        fmt,
        page=lambda: _index(found, many),
        rows=lambda: [row for each in found for row in _mandates(each, many[each.id])],
        columns=COLUMNS,
        name="mandates",
    )


def _mandates(mandated: Mandated, many: dict[str, int]) -> list[dict[str, Any]]:
    """A row for each mandate of a component; the numbers are of all that are in force."""
    day = today()
    return [
        {
            "slug": mandated.slug, "component": mandated.name, "provider": mandated.provider,
            "scope": rule.scope, "policy": rule.policy, "needs": sorted(rule.covers.needs),
            "since": rule.covers.since, "until": rule.covers.until,
            "in_force": rule.covers.holds(day), **many,
        }
        for rule in mandated.rules
    ]  # fmt: skip


def _index(found: list[Mandated], many: dict[int, dict[str, int]]) -> Response:
    return page(
        "catalogue/mandates.html",
        title=_("What services must use"),
        section=_("Components"),
        crumbs=[(_("Components"), url_for("components.index"))],
        found=found,
        many=many,
        day=today(),
        states=_states(),
        ignored=unknown(),
    )


def _states() -> dict[str, str]:
    """The states that the reader may see, in words."""
    hidden = set() if sees_requests() else {MandateState.ASKED.value}
    return {value: text for value, text in labels("mandate_state").items() if value not in hidden}


@formats(blueprint, "/mandates/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """List who falls under the mandate of one component, by how they stand to it."""
    with reading() as session:
        mandated = mandate_records.by_slug(session, slug)
    query, ignored = _asked(mandated)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _show(mandated, query, ignored),
        rows=stream(lambda session: _rows(session, mandated, replace(query, after=None))),
        columns=ROWS,
        name=f"{slug}-mandate",
    )


def _asked(mandated: Mandated) -> tuple[MandateQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown(*FILTERS, "after"))
    found = {name: request.args.get(name, "")[:200] for name in FILTERS}
    known = {
        "state": set(_states()), "need": set(mandated.needs),
        "ends-within": {str(months) for months in MONTHS},
    }  # fmt: skip
    for name, values in known.items():
        if found[name] and found[name] not in values:
            ignored.append(f"{name}={found[name][:80]}")
            found[name] = ""
    after = request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and (key is None or not isinstance(key[0], str)):
        ignored.append("after")
        key = None
    query = MandateQuery(
        sees_requests(),
        MandateState(found["state"]) if found["state"] else None,
        found["organisation"] or None,
        found["need"] or None,
        int(found["ends-within"]) if found["ends-within"] else None,
        place_of(str(key[0]), key[1]) if key else None,
    )
    return query, tuple(ignored)


def _rows(session: Session, mandated: Mandated, query: MandateQuery) -> Iterator[dict[str, Any]]:
    day = today()
    for some in mandates.in_parts(session, mandated, query, day):
        instead = service_mandates.instead(session, mandated, some, day)
        exempt = service_mandates.exempted(session, mandated, some, day)
        for row in some:
            ways = instead.get((row.service_id, row.need_id), [])
            leave = exempt.get(row.service_id)
            own = row._asdict()
            yield {
                **{name: own[name] for name in ROWS if name in own},
                "instead": [way.name or way.arrangement for way in ways],
                "reason": [way.reason for way in ways if way.reason],
                "contract_end": min((w.contract_end for w in ways if w.contract_end), default=None),
                "exemption": leave.reason if leave else None,
                "granted_by": leave.granted_by if leave else None,
                "granted_on": leave.granted_on if leave else None,
            }


def _show(mandated: Mandated, query: MandateQuery, ignored: tuple[str, ...]) -> Response:
    day = today()
    with reading() as session:
        rows = mandates.listing(session, mandated, query, day, PAGE_SIZE + 1)
        many = mandates.counts(session, [mandated], day, query.asked)[mandated.id]
        here = rows[:PAGE_SIZE]
        instead = service_mandates.instead(session, mandated, here, day)
        exempt = service_mandates.exempted(session, mandated, here, day)
    following = {"after": encode_key(here[-1].place)} if len(rows) > PAGE_SIZE else None
    return page(
        "catalogue/mandate.html",
        title=_("Who must use %(name)s", name=mandated.name),
        section=_("Components"),
        crumbs=[(_("Components"), url_for("components.index")),
                (_("What services must use"), url_for("mandates.index"))],
        mandated=mandated,
        day=day,
        rows=here,
        instead=instead,
        exempt=exempt,
        means={value: MEANS[value] for value in _states()},
        countable=bool(mandated.need_ids(day)),
        facets=_facets(mandated, many),
        narrowed=any(request.args.get(name) for name in FILTERS),
        organisation=_organisation(query, here),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )  # fmt: skip


def _organisation(query: MandateQuery, rows: list[Row]) -> str | None:
    """What the organisation is called that the list is narrowed to."""
    return rows[0].organisation if query.organisation and rows else query.organisation


def _facets(mandated: Mandated, many: dict[str, int]) -> list[tuple[str, list[dict[str, Any]]]]:
    needs = {slug: name for slug, (_id, name) in mandated.needs.items()}
    months = {str(n): _("Within %(num)s months", num=n) for n in MONTHS}
    return [
        (_("How they stand to it"), _facet("state", _states(), many)),
        (_("Need"), _facet("need", needs)),
        (_("The exemption ends"), _facet("ends-within", months)),
    ]


def _facet(
    name: str, texts: dict[str, str], many: dict[str, int] | None = None
) -> list[dict[str, Any]]:
    return filter_links(name, texts, request.args.get(name), many or None)
