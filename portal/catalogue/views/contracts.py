"""Contracts in the order in which they end: what comes next, and what could take its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.advice import advised, in_words
from portal.catalogue.forms.held import COLUMNS, document, supplier_address
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.store import contracts, shared_options
from portal.catalogue.store.claims import standing_by, stood
from portal.catalogue.store.contracts import Choices, ContractQuery, Held
from portal.catalogue.views.base import (
    PAGE_SIZE,
    leads_on,
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
from portal.web.i18n import _, lazy
from portal.web.pages import page, paging, query_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("contracts", __name__)
blueprint.add_app_template_filter(in_words, "reason")
blueprint.add_app_template_filter(advised)
blueprint.add_app_template_filter(supplier_address)
#: How soon a contract ends: months from today, 0 for those that have ended.
ENDS = {
    "ended": (0, lazy("Has ended")),
    "3": (3, lazy("Within 3 months")),
    "6": (6, lazy("Within 6 months")),
    "12": (12, lazy("Within 12 months")),
    "24": (24, lazy("Within 24 months")),
}


@formats(blueprint, "/contracts")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List contracts by their end, with what could take the place of each."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: rows_of(session, replace(query, after=None))),
        columns=COLUMNS,
        name="contracts",
    )


def narrowing(*names: str, known: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What an address narrows a list by, and the parts of it that are not known.

    Args:
        names: what it can be narrowed by, beside when contracts end.
        known: what else it may say.
    """
    ignored = list(unknown(*names, "ends", *known))
    if organisation := request.args.get("organisation", ""):
        leads_on("organisation", organisation)
    found: dict[str, Any] = {name: request.args.get(name) or None for name in names}
    ends = request.args.get("ends", "")
    if ends and ends not in ENDS:
        ignored.append(f"ends={ends[:80]}")
    found["months"] = ENDS[ends][0] if ends in ENDS else None
    return found, tuple(ignored)


def _asked() -> tuple[ContractQuery, tuple[str, ...]]:
    found, ignored = narrowing("need", "organisation", "group", known=("after",))
    after = request.args.get("after", "")
    key = decode_key(after) if after else None
    try:
        place = (date.fromisoformat(str(key[0])), int(key[1])) if key else None
    except ValueError:
        place = None
    if after and place is None:
        ignored += ("after",)
    return ContractQuery(**found, after=place), ignored


def rows_of(session: Session, query: ContractQuery) -> Iterator[dict[str, Any]]:
    """The rows of the files."""
    options = shared_options.by_need(session, today())
    rows = contracts.every(session, query, today())
    for row, standing in standing_by(session, rows, today(), lambda row: row.usage):
        yield document(row, standing, contracts.advice(row, options, today()))


def _index(query: ContractQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = contracts.listing(session, query, today(), PAGE_SIZE + 1)
        options = shared_options.by_need(session, today())
        choices = contracts.choices(session)
        shown = rows[:PAGE_SIZE]
        standing = stood(session, (row.usage for row in shown), today())
    return page(
        "catalogue/contracts.html",
        title=_("Contracts by their end"),
        section=_("Suppliers"),
        crumbs=[(_("Suppliers"), url_for("suppliers.index"))],
        rows=[(row, contracts.advice(row, options, today())) for row in shown],
        standing=standing,
        today=today(),
        narrowed=narrowed(query, choices),
        selects=selects(choices, groups=True),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, _following(shown) if len(rows) > PAGE_SIZE else None),
    )


def _following(shown: list[Held]) -> dict[str, str]:
    last = shown[-1]
    return {"after": encode_key((str(last.contract_end), last.usage))}


def selects(choices: Choices, groups: bool) -> list[dict[str, Any]]:
    """The filters as choices: title, argument of the address, and (value, text) each."""
    ends = [(value, str(text)) for value, (_months, text) in ENDS.items()]
    found = [
        {"title": _("When the contract ends"), "name": "ends", "options": ends},
        {"title": _("Need"), "name": "need", "options": choices.needs},
        {"title": _("Organisation"), "name": "organisation", "options": choices.organisations},
    ]
    if groups:
        title = _("Framework or agreement")
        found.append({"title": title, "name": "group", "options": choices.groups})
    return found


def narrowed(query: Any, choices: Choices) -> list[dict[str, str]]:
    """The filters in force, each with the address without it."""
    found = []
    for select in selects(choices, groups=hasattr(query, "group")):
        value = request.args.get(select["name"])
        if value and (select["name"] != "ends" or query.months is not None):
            text = dict(select["options"]).get(value, value)
            href = query_url(**{select["name"]: None})
            found.append({"title": select["title"], "text": text, "href": href})
    return found
