"""Components that need attention, the worst first, with why and what is hit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.component_words import Burning
from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.store import blast, burning
from portal.catalogue.store.blast import Blast
from portal.catalogue.store.burning import BurningQuery, Hot
from portal.catalogue.views.base import (
    one_of,
    reading,
    refuse_unknown,
    today,
    unknown,
    version,
)
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging

if TYPE_CHECKING:
    from collections.abc import Iterator

blueprint = Blueprint("burning", __name__)
#: Fewer than on other lists, since each has much to say.
PAGE_SIZE = 20
COLUMNS = ("slug", "name", "provider_slug", "provider", "lifecycle", "ends", "why", "team",
           "security_tested_on", "incidents", "unsupported", "looked_at_on", "services",
           "organisations", "transactions", "services_without_figure")  # fmt: skip


@formats(blueprint, "/burning-platforms")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the components that need attention."""
    query, why, after, ignored = _asked()
    with reading() as session:
        found = burning.listing(session, query, today())
    refuse_unknown(fmt, ignored)
    rows = [each for each in found if why is None or why in each.why]
    return respond_list(
        fmt,
        page=lambda: _page(query, why, found, rows, after, ignored),
        rows=lambda: _rows(rows),
        columns=COLUMNS,
        name="burning-platforms",
    )


def _asked() -> tuple[BurningQuery, Burning | None, tuple[str, int] | None, tuple[str, ...]]:
    ignored = list(unknown("reason", "provider", "organisation", "after"))
    why, after = one_of("reason", Burning, ignored), request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and key is None:
        ignored.append("after")
    query = BurningQuery(*(request.args.get(name, "")[:200] or None
                           for name in ("provider", "organisation")))  # fmt: skip
    place = (str(key[0]), key[1]) if key else None
    return query, why, place, tuple(ignored)


def _rows(rows: list[Hot]) -> Iterator[dict[str, Any]]:
    with reading() as session:
        hit = blast.of_each(session, [each.id for each in rows]) if rows else {}
    for each in rows:
        yield _row(each, hit.get(each.id, Blast()))


def _row(each: Hot, hit: Blast) -> dict[str, Any]:
    return {
        "slug": each.slug, "name": each.name, "provider_slug": each.provider_slug,
        "provider": each.provider, "lifecycle": each.lifecycle, "ends": each.ends,
        "why": [why.value for why in each.why], "team": each.team,
        "security_tested_on": each.security_tested_on,
        "incidents": [row["what"] for row in each.incidents],
        "unsupported": [row["what"] for row in each.unsupported],
        "looked_at_on": each.looked_at_on, "services": hit.services,
        "organisations": hit.organisations,
        "transactions": hit.transactions if hit.counted else None,
        "services_without_figure": hit.uncounted,
    }  # fmt: skip


def _page(
    query: BurningQuery, why: Burning | None, found: list[Hot], rows: list[Hot],
    after: tuple[str, int] | None, ignored: tuple[str, ...],
) -> Response:  # fmt: skip
    rest = [each for each in rows if after is None or (each.place, each.id) > after]
    shown = rest[:PAGE_SIZE]
    with reading() as session:
        hit = blast.of_each(session, [each.id for each in shown]) if shown else {}
        bodies = burning.organisations(session, {query.organisation or ""})
    last = shown[-1] if len(rest) > PAGE_SIZE else None
    return page(
        "catalogue/burning.html",
        title=_("Components that need attention"),
        section=_("Components"),
        crumbs=[(_("Components"), url_for("components.index"))],
        rows=[(each, hit.get(each.id, Blast())) for each in shown],
        total=len(rows),
        reasons=_reasons(found, why),
        providers=_providers(found, query),
        organisation=bodies.get(query.organisation or "", query.organisation),
        narrowed=why or query.provider or query.organisation,
        ignored=ignored,
        first=after is None,
        paging=paging(None, {"after": encode_key((last.place, last.id))} if last else None),
    )


def _reasons(found: list[Hot], why: Burning | None) -> list[dict[str, Any]]:
    many = {each: sum(each in hot.why for hot in found) for each in Burning}
    texts = {each: labels("burning")[each.value] for each in Burning if many[each] or each is why}
    return filter_links("reason", texts, why, many)


def _providers(found: list[Hot], query: BurningQuery) -> list[dict[str, Any]]:
    names = {hot.provider_slug: hot.provider for hot in found}
    many = {slug: sum(hot.provider_slug == slug for hot in found) for slug in names}
    order = sorted(names, key=lambda slug: (-many[slug], names[slug]))[:20]
    return filter_links("provider", {slug: names[slug] for slug in order}, query.provider, many)
