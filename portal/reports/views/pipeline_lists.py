"""The assessments behind a figure of the pipeline report."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Response, request, url_for

from portal.assessments.rules.follow_ups import Age
from portal.assessments.store import report_rows
from portal.assessments.store.report_rows import Row
from portal.assessments.words import Rating
from portal.catalogue.forms.labels import label
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
from portal.db import chunks
from portal.digits import whole_number
from portal.reports.forms.pipeline_words import USES
from portal.reports.rules.pipeline import Fact, Use, Wanted, span
from portal.reports.store import pipeline
from portal.reports.views.pipeline import LIST
from portal.reports.views.pipeline_base import Asked, asked, called
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import page, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("pipeline_lists", __name__)
KNOWN = ("published", "use", "result", "held", "point", "rating", "open", "after")
COLUMNS = (
    "report", "title", "name", "service", "component", "organisation", "stage", "kind", "held_on",
    "published_on", "working_days", "result", "use",
)  # fmt: skip


class Time(StrEnum):
    """Whether an assessment was the first, or held again."""

    FIRST = "first"
    AGAIN = "again"


class Listed(NamedTuple):
    """What this list is asked for: what figures count, and what only a statement can tell.

    Attributes:
        point: a version of a standard and the number of a point, where one is asked for.
    """

    of: Asked
    wanted: Wanted
    point: tuple[str, int] | None
    rating: Rating | None
    open: Age | None
    after: tuple[str, int] | None
    ignored: tuple[str, ...]


@formats(blueprint, LIST)
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the published assessments that a figure counts."""
    query = _asked()
    refuse_unknown(fmt, query.ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query),
        rows=stream(lambda session: _rows(session, query)),
        columns=COLUMNS,
        name="pipeline-assessments",
    )


def _asked() -> Listed:
    of = asked(*KNOWN)
    ignored, given = list(of.ignored), request.args
    held, open_ = one_of("held", Time, ignored), one_of("open", Age, ignored)
    use, rating = one_of("use", Use, ignored), one_of("rating", Rating, ignored)
    result, published = one_of("result", Rating, ignored), given.get("published", "")
    if published and span(published) is None:
        ignored.append(f"published={published[:80]}")
        published = ""
    version_of, _dot, number = given.get("point", "").rpartition(".")
    its = whole_number(number, 999)
    point = None if its is None else (version_of[:210], its)
    if given.get("point") and point is None:
        ignored.append(f"point={given['point'][:80]}")
    after = given.get("after", "")
    key = decode_key(after) if after else None
    ignored += ["after"] if after and key is None else []
    again = None if held is None else held is Time.AGAIN
    wanted = Wanted(published, use, result, again, use is not None or point is not None)
    place = (str(key[0]), int(key[1])) if key else None
    return Listed(of, wanted, point, rating, open_, place, tuple(ignored))


def _found(session: Session, query: Listed) -> list[Fact]:
    """The assessments, the newest first."""
    known = pipeline.facts(session)
    among = None
    if query.point:
        among = pipeline.with_point(session, *query.point, query.rating)
    if query.open:
        still = pipeline.with_open(session, query.open, query.rating, today())
        among = still if among is None else among & still
    return [
        fact for fact in known.values()
        if query.of.scope.leaves(fact) and query.wanted.leaves(fact)
        and (among is None or fact.id in among)
    ]  # fmt: skip


def _place(fact: Fact) -> tuple[str, int]:
    return fact.held_on.isoformat() if fact.held_on else "", fact.id


def _rows(session: Session, query: Listed) -> Iterator[dict[str, Any]]:
    for some in chunks(_found(session, query)):
        rows = report_rows.ones(session, [fact.id for fact in some])
        yield from (_document(*pair) for pair in zip(rows, some, strict=True))


def _document(row: Row, fact: Fact) -> dict[str, Any]:
    return dict(zip(COLUMNS, (
        row.slug, row.title, row.name, row.service_slug, row.component_slug, row.owner_slug,
        row.stage, row.kind, row.held_on, fact.published_on, fact.days, row.result,
        fact.use.value if fact.use else None,
    ), strict=True))  # fmt: skip


def _index(query: Listed) -> Response:
    with reading() as session:
        found = _found(session, query)
        rest = [fact for fact in found if _place(fact) < query.after] if query.after else found
        here = rest[:PAGE_SIZE]
        rows = report_rows.ones(session, [fact.id for fact in here]) if here else []
    following = {"after": encode_key(_place(here[-1]))} if len(rest) > PAGE_SIZE else None
    names = [name for name in request.args if name in ("organisation", "stage", "kind", "period")]
    up = with_query("/reports/pipeline", [(name, request.args[name]) for name in names])
    return page(
        "reports/pipeline_assessments.html",
        title=_("Assessments behind the pipeline report"),
        section=_("Reports on government"),
        crumbs=[(_("Reports on government"), url_for("overview.index")),
                (_("Pipeline of assessments"), up)],
        found=query.of,
        chosen=[*query.of.filters(), *_chosen(query)],
        rows=list(zip(rows, here, strict=True)),
        many=len(found),
        uses=USES,
        kept=KNOWN[:-1],
        ignored=query.ignored,
        first=query.after is None,
        paging=paging(None, following),
    )  # fmt: skip


def _chosen(query: Listed) -> Iterator[dict[str, str]]:
    """What a figure asks for beside the filters of the report, for `chosen_filters`."""
    wanted = query.wanted
    texts = {
        "published": (_("Published in"), called(wanted.published) if wanted.published else ""),
        "use": (_("Shared on the day"), str(USES[wanted.use]) if wanted.use else ""),
        "result": (_("Result"), _label(wanted.result, "assessment_result")),
        "held": (_("Held"), _held(wanted.again)),
        "point": (_("Point"), "{}.{}".format(*query.point) if query.point else ""),
        "rating": (_("Point rated"), _label(query.rating, "point_rating")),
        "open": (_("Open actions"), _label(query.open, "action_age")),
    }  # fmt: skip
    for name, (title, text) in texts.items():
        if text:
            yield {"title": title, "text": text, "href": query_url(**{name: None})}


def _held(again: bool | None) -> str:
    if again is None:
        return ""
    return _("again") if again else _("for the first time")


def _label(value: StrEnum | None, of: str) -> str:
    return str(label(value.value, of)) if value else ""
