"""What reports, versions of standards and points are called that a history speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Report
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion

#: The fields of documents that refer to such records, and of which kind each is.
RECORDS = {
    "standard": "version",
    "extends": "version",
    "point": "point",
    "again_of": "assessment",
    "same_as": "report",
    "later": "report",
}


def names(session: Session, references: Collection[str]) -> dict[str, str]:
    """The names behind `version:SLUG.3` or `version:SLUG/3`, `point:SLUG/3/12`, `report:SLUG` and
    `assessment:SLUG.2`; what there is not is left out.
    """
    asked: dict[str, set[str]] = {kind: set() for kind in RECORDS.values()}
    for reference in references:
        kind, _colon, value = reference.partition(":")
        if kind in asked:
            asked[kind].add(value)
    return {
        **(_standards(session, asked["version"], asked["point"])),
        **(_reports(session, asked["report"], asked["assessment"])),
    }


def _standards(session: Session, versions: set[str], points: set[str]) -> dict[str, str]:
    slugs = {each.partition("/")[0].partition(".")[0] for each in versions | points}
    if not slugs:
        return {}
    s, v, p = Standard, StandardVersion, StandardPoint
    query = select(s.slug, s.name, v.number, v.title, p.number, p.title)
    query = query.join(v, v.standard_id == s.id).outerjoin(p, p.version_id == v.id)
    rows: Any = session.execute(query.where(s.slug.in_(sorted(slugs))))
    found: dict[str, str] = {}
    for slug, name, number, title, point, called in rows:
        for mark in (".", "/"):
            found[f"version:{slug}{mark}{number}"] = f"{name}: {title}"
        found[f"point:{slug}/{number}/{point}"] = f"{point}. {called} ({title})"
    return found


def _reports(session: Session, reports: set[str], assessments: set[str]) -> dict[str, str]:
    slugs = reports | {each.rpartition(".")[0] for each in assessments}
    if not slugs:
        return {}
    rows = session.execute(select(Report.slug, Report.title).where(Report.slug.in_(sorted(slugs))))
    titles = {slug: title for slug, title in rows}  # noqa: C416
    return {
        **{f"report:{slug}": title for slug, title in titles.items()},
        **dict(_assessments(assessments, titles)),
    }


def _assessments(asked: set[str], titles: dict[str, str]) -> Iterator[tuple[str, str]]:
    for each in asked:
        slug, _dot, place = each.rpartition(".")
        if slug in titles:
            yield f"assessment:{each}", f"{titles[slug]} ({place})"
