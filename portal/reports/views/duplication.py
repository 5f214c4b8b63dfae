"""The duplication report: what services build or buy for themselves beside each other, by need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    one_of,
    reading,
    refuse_unknown,
    stream,
    today,
    version,
)
from portal.reports.forms.duplication_words import WHICH
from portal.reports.rules.duplication import Duplication
from portal.reports.rules.reuse_rates import Numbers
from portal.reports.store import duplication, duplication_needs
from portal.reports.store.duplication import Alone, AloneQuery
from portal.reports.store.duplication_needs import Report
from portal.reports.store.reuse_names import Need
from portal.reports.views.reuse_base import Asked, asked, selects
from portal.reports.words import Duplicated
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import page, paging

blueprint = Blueprint("duplication", __name__)
COLUMNS = (
    "slug", "name", "organisations_alone", "fragmented", "components_offering", "shared",
    "own_build", "bought_product", "separate_ways", "effective_ways", "overlap", "addressable",
    "with_reason", "exempt", "next_contract_end", "not_answered_share",
)  # fmt: skip
LISTED = tuple(name for name in Alone._fields if name != "sort_name")


@dataclass(frozen=True, slots=True)
class Row:
    """A need, how it is met, and of how many services nobody has said."""

    need: Need
    of: Duplication
    numbers: Numbers

    def document(self) -> dict[str, Any]:
        """As files have it."""
        of, unanswered = self.of, self.numbers.unanswered_share
        return {
            "slug": self.need.slug, "name": self.need.name, "organisations_alone": of.bodies,
            "fragmented": of.fragmented, "components_offering": of.offering,
            "shared": of.shared, "own_build": of.own, "bought_product": of.bought,
            "separate_ways": of.separate_ways,
            "effective_ways": None if of.effective is None else round(of.effective, 3),
            "overlap": of.overlap, "addressable": of.addressable, "with_reason": of.reasoned,
            "exempt": of.exempt, "next_contract_end": of.next_end,
            "not_answered_share": None if unanswered is None else round(unanswered, 4),
        }  # fmt: skip


@formats(blueprint, "/reports/duplication")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show, by need, what is met several times over."""
    found = asked(fmt)
    refuse_unknown(fmt, found.ignored)
    with reading() as session:
        report = duplication_needs.read(session, found.question.scope, today())
    rows = _rows(found, report)
    return respond_list(
        fmt,
        page=lambda: _index(found, rows, report.pairs),
        rows=lambda: [row.document() for row in rows],
        columns=COLUMNS,
        name="duplication",
    )


def _rows(found: Asked, report: Report) -> list[Row]:
    """The needs that somebody meets, those with most addressable duplicates first."""
    none = Numbers()
    rows = [
        Row(found.needs[id_], each,
            replace(report.numbers.get(id_, none), services=report.services))
        for id_, each in report.needs.items()
        if id_ in found.needs and each.separate_ways
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.of.addressable, -row.of.separate_ways, row.need.name))


def _index(found: Asked, rows: list[Row], pairs: dict[str, int]) -> Response:
    kept = [(name, value) for name, value in request.args.items() if name in found.chosen]
    return page(
        "reports/duplication.html",
        title=_("Duplication and overlap"),
        section=_("Reports on government"),
        crumbs=[(_("Reports on government"), url_for("overview.index"))],
        found=found,
        rows=rows,
        addressable=sum(row.of.addressable for row in rows),
        fragmented=sum(row.of.fragmented for row in rows),
        pairs=pairs,
        link=lambda row, which: with_query(
            "/reports/duplication/services",
            [*((n, v) for n, v in kept if n != "capability"), ("capability", row.need.slug),
             ("which", which)],
        ),
        selects=selects(found.needs.values()),
        ignored=found.ignored,
    )  # fmt: skip


@formats(blueprint, "/reports/duplication/services")
@unless_unchanged(version)
@public
def services(fmt: Format) -> Response:
    """List what services build or buy for themselves."""
    found, query, ignored = _asked(fmt)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _services(found, query, ignored),
        rows=stream(lambda session: map(_document, duplication.every(session, query, today()))),
        columns=LISTED,
        name="duplication-services",
    )


def _document(row: Alone) -> dict[str, Any]:
    known = row._asdict()
    return {name: known[name] for name in LISTED}


def _asked(fmt: Format) -> tuple[Asked, AloneQuery, tuple[str, ...]]:
    found = asked(fmt, "which", "after")
    ignored = list(found.ignored)
    which, after = one_of("which", Duplicated, ignored), request.args.get("after", "")
    key = decode_key(after) if after else None
    ignored += ["after"] if after and key is None else []
    place = (str(key[0]), int(key[1])) if key else None
    query = AloneQuery(found.question.scope, which or Duplicated.ADDRESSABLE, place)
    return found, query, tuple(ignored)


def _services(found: Asked, query: AloneQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = duplication.listing(session, query, today(), PAGE_SIZE + 1)
    shown, more = rows[:PAGE_SIZE], len(rows) > PAGE_SIZE
    following = {"after": encode_key((shown[-1].sort_name, shown[-1].usage))} if more else None
    which = [(value.value, str(text)) for value, text in WHICH.items()]
    return page(
        "reports/duplication_services.html",
        title=_("What services build or buy for themselves"),
        section=_("Reports on government"),
        crumbs=[(_("Reports on government"), url_for("overview.index")),
                (_("Duplication and overlap"), url_for("duplication.index"))],
        found=found,
        query=query,
        rows=shown,
        called=WHICH[query.which],
        selects=[{"name": "which", "title": _("Which"), "options": which},
                 *selects(found.needs.values())],
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )  # fmt: skip
