"""The assessments behind a figure of the pipeline report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
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
KNOWN = ("published", "use", "result", "ended", "held", "point", "rating", "open", "after")
COLUMNS = (
    "report", "title", "name", "service", "component", "organisation", "stage", "kind", "held_on",
    "published_on", "working_days", "result", "use", "open_actions",
)  # fmt: skip


class Time(StrEnum):
    """Whether an assessment was the first, or held again."""

    FIRST = "first"
    AGAIN = "again"


class Timed(StrEnum):
    """Whether it is known how long an assessment took until its publication."""

    KNOWN = "known"
    UNKNOWN = "unknown"


class Shared(StrEnum):
    """What the service of an assessment shared, or that nobody knows."""

    CONFIRMED = Use.CONFIRMED.value
    DECLARED = Use.DECLARED.value
    NONE = Use.NONE.value
    UNKNOWN = "unknown"


class End(StrEnum):
    """How an assessment ended: with conditions or without."""

    PASSED = "passed"


class Listed(NamedTuple):
    """What this list is asked for.

    Attributes:
        after: the day and id of the last one that was shown.
    """

    of: Asked
    wanted: Wanted
    after: tuple[date | None, int] | None
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
    use, rating = one_of("use", Shared, ignored), one_of("rating", Rating, ignored)
    result, published = one_of("result", Rating, ignored), given.get("published", "")
    timed = Timed(published) if published in set(Timed) else None
    if timed:
        published = ""
    if published and span(published) is None:
        ignored.append(f"published={published[:80]}")
        published = ""
    version_of, _dot, number = given.get("point", "").rpartition(".")
    its = whole_number(number, 999)
    point = None if its is None else (version_of[:210], its)
    if given.get("point") and point is None:
        ignored.append(f"point={given['point'][:80]}")
    wanted = Wanted(
        published,
        timed=None if timed is None else timed is Timed.KNOWN,
        use=Use(use) if use and use is not Shared.UNKNOWN else None,
        placed=False if use is Shared.UNKNOWN else None,
        passed=one_of("ended", End, ignored) is not None,
        result=result,
        again=None if held is None else held is Time.AGAIN,
        rated=use is not None or point is not None,
        point=point, open=open_, rating=rating,
    )  # fmt: skip
    return Listed(of, wanted, _after(ignored), tuple(ignored))


def _after(ignored: list[str]) -> tuple[date | None, int] | None:
    typed = request.args.get("after", "")
    if not typed:
        return None
    try:
        day, id_ = decode_key(typed) or ("x", 0)
        return date.fromisoformat(str(day)) if day else None, int(id_)
    except ValueError:
        ignored.append("after")
        return None


def _found(
    session: Session, query: Listed, limit: int | None = None
) -> tuple[list[tuple[Fact, int]], int]:  # fmt: skip
    """The assessments with their open actions, the newest first, and how many there are in all."""
    after = query.after if limit else None
    found = pipeline.listing(session, query.of.scope, query.wanted, today(), after, limit)
    return [(fact, still) for fact, still, _many in found], found[0][2] if found else 0


def _rows(session: Session, query: Listed) -> Iterator[dict[str, Any]]:
    for some in chunks(_found(session, query)[0]):
        rows = report_rows.ones(session, [fact.id for fact, _still in some])
        yield from (_document(row, *each) for row, each in zip(rows, some, strict=True))


def _document(row: Row, fact: Fact, still: int) -> dict[str, Any]:
    return dict(zip(COLUMNS, (
        row.slug, row.title, row.name, row.service_slug, row.component_slug, row.owner_slug,
        row.stage, row.kind, row.held_on, fact.published_on, fact.days, row.result,
        fact.used, still,
    ), strict=True))  # fmt: skip


def _index(query: Listed) -> Response:
    with reading() as session:
        found, many = _found(session, query, PAGE_SIZE + 1)
        here = found[:PAGE_SIZE]
        rows = report_rows.ones(session, [fact.id for fact, _still in here]) if here else []
    last, following = here[-1][0] if here else None, None
    if last and len(found) > PAGE_SIZE:
        place = last.held_on.isoformat() if last.held_on else "", last.id
        following = {"after": encode_key(place)}
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
        rows=[(row, *each) for row, each in zip(rows, here, strict=True)],
        opened=query.wanted.open is not None,
        many=many,
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
        "published": (_("Published in"), _published(wanted)),
        "use": (_("Shared on the day"), _used(wanted)),
        "result": (_("Result"), _label(wanted.result, "assessment_result")),
        "ended": (_("Ended"), _("passed, with conditions or without") if wanted.passed else ""),
        "held": (_("Held"), _held(wanted.again)),
        "point": (_("Point"), _point(query)),
        "rating": (_("Point rated"), _label(wanted.rating, "point_rating")),
        "open": (_("Open actions"), _label(wanted.open, "action_age")),
    }  # fmt: skip
    for name, (title, text) in texts.items():
        if text:
            yield {"title": title, "text": text, "href": query_url(**{name: None})}


def _published(wanted: Wanted) -> str:
    if wanted.timed is None:
        return called(wanted.published) if wanted.published else ""
    return (
        _("any quarter: both days are known")
        if wanted.timed
        else _("it is not known how long it took")
    )


def _used(wanted: Wanted) -> str:
    if wanted.placed is False:
        return _("not known")
    return str(USES[wanted.use]) if wanted.use else ""


def _point(query: Listed) -> str:
    if query.wanted.point is None:
        return ""
    version, number = query.wanted.point
    names = {each.value: f"{each.standard}: {each.title}" for each in query.of.versions}
    return _("%(standard)s, point %(number)s", standard=names.get(version, version), number=number)


def _held(again: bool | None) -> str:
    if again is None:
        return ""
    return _("again") if again else _("for the first time")


def _label(value: StrEnum | None, of: str) -> str:
    return str(label(value.value, of)) if value else ""
