"""Suppliers: how much hangs on each, and what one of them supplies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.catalogue.forms.held import COLUMNS as HELD
from portal.catalogue.forms.held import document
from portal.catalogue.rules.concentration import concentration, share_of
from portal.catalogue.rules.filters import Cursor, decode_key, encode_key
from portal.catalogue.store import contracts, shared_options, supplier_lists
from portal.catalogue.store.claims import standing_by, stood
from portal.catalogue.store.paging import by_rank
from portal.catalogue.store.supplier_lists import Of, Supplier, SupplierQuery, Suppliers
from portal.catalogue.views.base import (
    PAGE_SIZE,
    around,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.catalogue.views.contracts import narrowed, narrowing, selects
from portal.web.caching import unless_unchanged
from portal.web.formats import POSITION, Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _, lazy
from portal.web.pages import page, paging, query_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("suppliers", __name__)
COLUMNS = (
    "supplier", "organisation_slug", "key", "arrangements", "share", "services", "organisations",
    "yearly_cost", "arrangements_with_cost", "next_contract_end", "arrangements_with_exit_plan",
)  # fmt: skip
NEVER = "9999-12-31"
#: The orders of the list: what it is called, and by what the rows are sorted.
SORTS: dict[str, tuple[str, Callable[[Supplier], Any]]] = {
    "arrangements": (lazy("Most arrangements"), lambda row: -row.arrangements),
    "organisations": (lazy("Most organisations"), lambda row: -row.organisations),
    "cost": (lazy("Highest stated cost"), lambda row: -(row.cost or 0)),
    "ends": (lazy("Next end of a contract"), lambda row: str(row.next_end or NEVER)),
    "name": (lazy("Name"), lambda row: row.name.casefold()),
}


class Asked(NamedTuple):
    """What the list is asked for."""

    query: SupplierQuery
    sort: str
    cursor: Cursor | None


@formats(blueprint, "/suppliers")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List suppliers, those of most arrangements first."""
    asked, ignored = _asked()
    refuse_unknown(fmt, ignored)
    with reading() as session:
        found = supplier_lists.suppliers(session, asked.query, today())
    rows = sorted(found.rows, key=lambda row: (SORTS[asked.sort][1](row), row.name, row.id))
    return respond_list(
        fmt,
        page=lambda: _index(asked, found, rows, ignored),
        rows=lambda: _documents(rows),
        columns=COLUMNS,
        name="suppliers",
        more=_numbers(found),
    )


def _numbers(found: Suppliers) -> dict[str, Any]:
    measured = concentration(row.arrangements for row in found.rows)
    return {
        "arrangements": measured.total,
        "products_without_supplier": found.unnamed,
        "share_of_largest": measured.largest,
        "herfindahl_hirschman_index": measured.index,
    }


def _asked() -> tuple[Asked, tuple[str, ...]]:
    found, ignored = narrowing("need", "organisation", known=("sort", *POSITION))
    sort, cursor = request.args.get("sort", "arrangements"), None
    if sort not in SORTS:
        ignored, sort = (*ignored, f"sort={sort[:80]}"), "arrangements"
    for name in POSITION:
        typed = request.args.get(name, "")
        if key := decode_key(typed):
            cursor = Cursor(key, backwards=name == "before")
        ignored = (*ignored, name) if typed and not key else ignored
    return Asked(SupplierQuery(**found), sort, cursor), ignored


def _documents(rows: list[Supplier]) -> list[dict[str, Any]]:
    total = sum(row.arrangements for row in rows)
    return [_document(row, total) for row in rows]


def _document(row: Supplier, total: int) -> dict[str, Any]:
    return {
        "supplier": row.name,
        "organisation_slug": row.slug,
        "key": row.key,
        "arrangements": row.arrangements,
        "share": share_of(row.arrangements, total),
        "services": row.services,
        "organisations": row.organisations,
        "yearly_cost": row.cost,
        "arrangements_with_cost": row.costed,
        "next_contract_end": row.next_end,
        "arrangements_with_exit_plan": row.exit_plans,
    }


def _index(
    asked: Asked, found: Suppliers, rows: list[Supplier], ignored: tuple[str, ...]
) -> Response:
    positions = {row.id: at for at, row in enumerate(rows)}
    ids, before, after = by_rank(positions, positions, asked.cursor, PAGE_SIZE)
    with reading() as session:
        choices = supplier_lists.choices(session)
    measured = concentration(row.arrangements for row in rows)
    return page(
        "catalogue/suppliers.html",
        title=_("Suppliers"),
        rows=[(row, share_of(row.arrangements, measured.total))
              for row in (rows[positions[id_]] for id_ in ids)],
        measured=measured,
        unnamed=found.unnamed,
        largest=max(rows, key=lambda row: row.arrangements, default=None),
        sorts=[{"label": text, "selected": name == asked.sort, "href": query_url(sort=name)}
               for name, (text, _by) in SORTS.items()],
        sort=asked.sort,
        narrowed=narrowed(asked.query, choices),
        selects=selects(choices, groups=False),
        ignored=ignored,
        paging=around(
            (positions[ids[0]], ids[0]) if before and ids else None,
            (positions[ids[-1]], ids[-1]) if after and ids else None,
        ),
    )  # fmt: skip


@formats(blueprint, "/suppliers/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show what an organisation supplies."""
    with reading() as session:
        of = supplier_lists.by_slug(session, slug)
    return _supplier(of, slug, fmt)


@formats(blueprint, "/suppliers/named/<slug:key>")
@unless_unchanged(version)
@public
def named(key: str, fmt: Format) -> AnyResponse:
    """Show what a supplier supplies that is no organisation of the catalogue, or not known as one
    yet.
    """
    with reading() as session:
        of, slug = supplier_lists.by_key(session, key)
    if of is None:
        return redirect(url_for("suppliers.show", slug=slug, fmt=fmt), 301)
    return _supplier(of, key, fmt)


def _supplier(of: Of, name: str, fmt: Format) -> Response:
    refuse_unknown(fmt, unknown("after"))
    return respond_list(
        fmt,
        page=lambda: _show(of, name),
        rows=stream(lambda session: _rows(session, of)),
        columns=HELD,
        name=f"supplied-by-{name}",
    )


def _rows(session: Session, of: Of) -> Iterator[dict[str, Any]]:
    options = shared_options.by_need(session, today())
    rows = supplier_lists.every(session, of, today())
    for row, standing in standing_by(session, rows, today(), lambda row: row.usage):
        yield document(row, standing, contracts.advice(row, options, today()))


def _show(of: Of, slug: str) -> Response:
    ignored = list(unknown("after"))
    after = request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and key is None:
        ignored.append("after")
    start = (str(key[0]), int(key[1])) if key else None
    with reading() as session:
        rows = supplier_lists.arrangements(session, of, today(), start, PAGE_SIZE + 1)
        options = shared_options.by_need(session, today())
        every = supplier_lists.suppliers(session, SupplierQuery(), today())
        shown = rows[:PAGE_SIZE]
        standing = stood(session, (row.usage for row in shown), today())
    total = sum(row.arrangements for row in every.rows)
    place = (slug, None) if of.organisation_id is not None else (None, slug)
    numbers = next((row for row in every.rows if (row.slug, row.key) == place), None)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.sort_name, last.usage))} if last else None
    return page(
        "catalogue/supplier.html",
        title=of.name,
        section=_("Suppliers"),
        crumbs=[(_("Suppliers"), url_for("suppliers.index"))],
        rows=[(row, contracts.advice(row, options, today())) for row in shown],
        standing=standing,
        numbers=numbers,
        share=share_of(numbers.arrangements, total) if numbers else None,
        organisation=slug if of.organisation_id is not None else None,
        ignored=ignored,
        first=start is None,
        today=today(),
        paging=paging(None, following),
    )
