"""All SQL about whom reports are about: what they may name, and what waits for a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, AssessmentOwner, Report
from portal.assessments.rules.report_matching import Candidates, Known
from portal.assessments.words import ServiceMatch
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import (
    Organisation,
    OrganisationMatch,
    OrganisationSuccession,
)
from portal.catalogue.models.services import Service, ServiceName
from portal.catalogue.store.gather import lists_of
from portal.catalogue.store.wording import has_words
from portal.db import chunks


class Waiting(NamedTuple):
    """A report that waits for somebody to say what it is about."""

    id: int
    slug: str
    title: str
    name: str
    sort_name: str
    held_on: Any
    match: str
    service_slug: str | None
    service: str | None
    component_slug: str | None
    component: str | None


class Alike(NamedTuple):
    """A service that a report may be about."""

    slug: str
    name: str
    sort_name: str
    organisation: str | None


def candidates(session: Session) -> Candidates:
    """Everything that reports may be about."""
    s, c, f = Service, Component, OrganisationSuccession
    others = lists_of(session, ServiceName.service_id, ServiceName.id, None, ServiceName.name)
    rows = session.execute(select(s.id, s.slug, s.name, s.organisation_id, s.delivers_id))
    services = [
        Known(slug, frozenset([name, *(n for (n,) in others.get(id_, []))]), _bodies(own, runs))
        for id_, slug, name, own, runs in rows
    ]
    provided = session.execute(select(c.slug, c.name, c.names, c.provider_id))
    components = [
        Known(slug, frozenset([name, *(each["name"] for each in names)]), _bodies(provider))
        for slug, name, names, provider in provided
    ]
    successors: dict[int, list[int]] = {}
    followed: Any = session.execute(select(f.predecessor_id, f.successor_id))
    for before, after in followed:
        successors.setdefault(before, []).append(after)
    return Candidates(services, components, successors)


def _bodies(*ids: int | None) -> frozenset[int]:
    return frozenset(each for each in ids if each)


def taken_slugs(session: Session) -> set[str]:
    """The address parts that reports have."""
    return set(session.scalars(select(Report.slug)))


def ids_by_key(session: Session, keys: Collection[str]) -> dict[str, int]:
    """The ids of the reports with these keys."""
    found: dict[str, int] = {}
    for some in chunks(keys):
        rows = session.execute(select(Report.key, Report.id).where(Report.key.in_(some)))
        found |= {key: id_ for key, id_ in rows}  # noqa: C416
    return found


def owned_as(session: Session, published_name: str) -> list[int]:
    """The ids of the reports whose assessments an organisation of this published name owned."""
    a, o = Assessment, AssessmentOwner
    query = select(a.report_id).join(o, o.assessment_id == a.id)
    query = query.where(o.published_name == published_name).distinct().order_by(a.report_id)
    return list(session.scalars(query))


def names_carried(session: Session, match_ids: Collection[int]) -> set[int]:
    """Those of these published names, by the ids of their rows, that an assessment has."""
    m, o, found = OrganisationMatch, AssessmentOwner, set[int]()
    for some in chunks(match_ids):
        carried = select(o.assessment_id).where(o.published_name == m.published_name).exists()
        found |= set(session.scalars(select(m.id).where(m.id.in_(some), carried)))
    return found


def _rows() -> Any:
    a, r = Assessment, Report
    return (
        select(
            r.id, r.slug, r.title, a.name, a.sort_name, a.held_on, a.service_match, Service.slug,
            Service.name, Component.slug, Component.name,
        )
        .join(r, r.id == a.report_id)
        .outerjoin(Service, Service.id == a.service_id)
        .outerjoin(Component, Component.id == a.component_id)
        .where(a.position == 1)
    )  # fmt: skip


def queue(
    session: Session, match: ServiceMatch | None, after: int | None, limit: int,
    words: Collection[str] = (),
) -> list[Waiting]:  # fmt: skip
    """Reports by what they are about and the words of their titles, in the order in which they
    came.
    """
    query = _rows().where(Report.same_as_id.is_(None), has_words(Report.title, words))
    if match is not None:
        query = query.where(Assessment.service_match == match)
    if after is not None:
        query = query.where(Report.id > after)
    rows = session.execute(query.order_by(Report.id).limit(limit))
    return [Waiting(*row)._replace(match=row[6].value) for row in rows]


def following(session: Session, report_id: int, words: Collection[str]) -> Waiting | None:
    """The report that waits next after one, or else the first."""
    for after in (report_id, None):
        if found := queue(session, ServiceMatch.WAITING, after, 1, words):
            return found[0]
    return None


def every(
    session: Session, match: ServiceMatch | None, words: Collection[str]
) -> Iterator[Waiting]:
    """The same for a download, some at a time."""
    after: int | None = None
    while found := queue(session, match, after, 500, words):
        yield from found
        after = found[-1].id


def one(session: Session, report_id: int) -> Waiting:
    """The row of one report; Missing has been raised before where there is none."""
    row = session.execute(_rows().where(Report.id == report_id)).one()
    return Waiting(*row)._replace(match=row[6].value)


def counts(session: Session, words: Collection[str] = ()) -> dict[str, int]:
    """How many reports there are of each state of matching, with these words in the title."""
    a, r = Assessment, Report
    query = (
        select(a.service_match, func.count())
        .join(r, r.id == a.report_id)
        .where(a.position == 1, r.same_as_id.is_(None), has_words(r.title, words))
        .group_by(a.service_match)
    )
    found = dict.fromkeys((each.value for each in ServiceMatch), 0)
    return found | {match.value: many for match, many in session.execute(query)}


def same_names(session: Session, sort_names: Collection[str]) -> dict[str, list[Alike]]:
    """The services that are called exactly so, by what their names sort by."""
    found: dict[str, list[Alike]] = {}
    for each in _alike(session, Service.sort_name.in_(sorted(set(sort_names)))):
        found.setdefault(each.sort_name, []).append(each)
    return found


def by_ids(session: Session, ids: Collection[int]) -> list[Alike]:
    """Services by their ids."""
    return _alike(session, Service.id.in_(list(ids)))


def _alike(session: Session, which: Any) -> list[Alike]:
    s, o = Service, Organisation
    query = select(s.slug, s.name, s.sort_name, o.name).outerjoin(o, o.id == s.organisation_id)
    return [Alike(*row) for row in session.execute(query.where(which).order_by(s.sort_name, s.id))]
