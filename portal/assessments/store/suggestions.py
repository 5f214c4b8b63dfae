"""All SQL about sentences of reports that may tell what is broken: written, listed, decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import String, cast, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import (
    Assessment,
    AssessmentOwner,
    AssessmentPoint,
    Report,
)
from portal.assessments.models.findings import Finding, FindingSentence
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.rules.finding import Needs, Points, Suggestion
from portal.assessments.words import FindingState, Rating, VersionState
from portal.audit import Act, kept, record_all
from portal.catalogue.models.components import Capability
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.store.wording import has_words
from portal.db import chunks, insert_rows

THING = "finding_sentence"
DECIDED = "finding_sentence.decided"
#: So many that are like one are looked for among so many.
LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class SuggestionQuery:
    """What the list is asked for; `after` is the score and the id of the last row before."""

    state: FindingState = FindingState.SUGGESTED
    need: str | None = None
    point: str | None = None
    organisation: str | None = None
    words: tuple[str, ...] = ()
    after: tuple[int, int] | None = None

    @property
    def narrowed(self) -> bool:
        """Whether a filter is in force."""
        return bool(self.need or self.point or self.organisation or self.words)


class Row(NamedTuple):
    """A sentence with its report, and the point and the need that it seems to be about."""

    id: int
    sentence: str
    score: int
    state: FindingState
    report: str
    report_title: str
    day: date | None
    need: str | None
    need_name: str | None
    point: str | None
    point_title: str | None
    finding: str | None


class Source(NamedTuple):
    """A report to look for sentences in."""

    id: int
    body: str
    version_id: int | None
    failed: frozenset[int]


def vocabulary(session: Session) -> tuple[dict[int, dict[int, tuple[int, str]]], dict[str, int],
                                           Needs]:  # fmt: skip
    """What guesses are made from: the ids and titles of the points of each version by their
    numbers, the ids of the needs by address, and their words.
    """
    versions: dict[int, dict[int, tuple[int, str]]] = {}
    p = StandardPoint
    for version, number, id_, title in session.execute(
        select(p.version_id, p.number, p.id, p.title)
    ):
        versions.setdefault(version, {})[number] = (id_, title)
    c = Capability
    leaves = session.execute(
        select(c.id, c.slug, c.name, c.keywords).where(c.parent_id.is_not(None)).order_by(c.id)
    ).all()
    words = {slug: [name, *keywords] for _, slug, name, keywords in leaves}
    return versions, {slug: id_ for id_, slug, *_ in leaves}, Needs(words)


def sources(session: Session, reports: Collection[int]) -> list[Source]:
    """The texts of reports, with the version that the last of their assessments is against and
    the points that it did not meet. One that repeats another has none.
    """
    a, p, r = Assessment, AssessmentPoint, Report
    last: dict[int, tuple[int, int | None]] = {}
    for report, id_, version in session.execute(
        select(a.report_id, a.id, a.standard_version_id)
        .where(a.report_id.in_(reports))
        .order_by(a.report_id, a.position)
    ):
        last[report] = id_, version
    failed: dict[int, set[int]] = {}
    for assessment, number in session.execute(
        select(p.assessment_id, p.number).where(
            p.assessment_id.in_([id_ for id_, _ in last.values()]), p.rating == Rating.NOT_MET
        )
    ):
        failed.setdefault(assessment, set()).add(number)
    texts = session.execute(
        select(r.id, r.body).where(r.id.in_(reports), r.same_as_id.is_(None)).order_by(r.id)
    )
    return [
        Source(id_, body, last[id_][1] if id_ in last else None,
               frozenset(failed.get(last[id_][0], ()) if id_ in last else ()))
        for id_, body in texts
    ]  # fmt: skip


def points_of(titles: dict[int, tuple[int, str]], failed: frozenset[int]) -> Points:
    """The points of a version, ready for guesses."""
    return Points({number: title for number, (_id, title) in titles.items()}, failed)


def put(session: Session, rows: dict[int, list[tuple[Suggestion, int | None, int | None]]]) -> int:
    """Write the suggestions of reports in place of those that nobody has decided about; how many
    are new. What was decided stays: a sentence that is still there keeps its decision.

    Args:
        rows: by report, each with the ids of its point and its need.
    """
    f = FindingSentence
    new: list[dict[str, Any]] = []
    for some in chunks(list(rows)):
        known = session.execute(
            select(f.id, f.report_id, f.sentence, f.state).where(f.report_id.in_(some))
        ).all()
        decided = {(n.report_id, n.sentence): n.id for n in known if n.state != "suggested"}
        before = {(n.report_id, n.sentence) for n in known if n.state == "suggested"}
        # Out of the way of those that take their places.
        session.execute(update(f).where(f.id.in_(decided.values())).values(position=-f.id))
        open_ = f.state == FindingState.SUGGESTED
        session.execute(delete(f).where(f.report_id.in_(some), open_))
        for report in some:
            for said, point, need in rows[report]:
                if (report, said.sentence) in decided:
                    id_ = decided[report, said.sentence]
                    session.execute(update(f).where(f.id == id_).values(position=said.position))
                    continue
                new.append({
                    "report_id": report, "position": said.position, "sentence": said.sentence,
                    "score": said.score, "capability_id": need, "point_id": point,
                    "state": FindingState.SUGGESTED, "finding_id": None, "decided_by": None,
                    "decided_at": None, "_new": (report, said.sentence) not in before,
                })  # fmt: skip
    many = [row.pop("_new") for row in new]
    insert_rows(session, f, new)
    return many.count(True)


def day_of_report() -> Any:
    """The day of a selected report: when it was published, else that of its last assessment."""
    a = Assessment
    held = select(func.max(a.held_on)).where(a.report_id == Report.id).correlate(Report)
    return func.coalesce(Report.published_on, held.scalar_subquery())


def _rows() -> Any:
    f, r, c, p, v, s = FindingSentence, Report, Capability, StandardPoint, StandardVersion, Standard
    point = s.slug + "/" + cast(v.number, String) + "/" + cast(p.number, String)
    return (
        select(
            f.id, f.sentence, f.score, f.state, r.slug, r.title, day_of_report(), c.slug, c.name,
            point, p.title, Finding.slug,
        )
        .join(r, r.id == f.report_id)
        .outerjoin(c, c.id == f.capability_id)
        .outerjoin(p, p.id == f.point_id)
        .outerjoin(v, v.id == p.version_id)
        .outerjoin(s, s.id == v.standard_id)
        .outerjoin(Finding, Finding.id == f.finding_id)
    )  # fmt: skip


def _asked(statement: Any, query: SuggestionQuery, without: str = "") -> Any:
    f = FindingSentence
    if without != "state":
        statement = statement.where(f.state == query.state)
    if query.need and without != "need":
        need = select(Capability.id).where(Capability.slug == query.need)
        statement = statement.where(f.capability_id.in_(need))
    if query.point and without != "point":
        statement = statement.where(f.point_id.in_(point_at(query.point)))
    if query.organisation:
        a, o = Assessment, AssessmentOwner
        body = select(Organisation.id).where(Organisation.slug == query.organisation)
        owned = exists().where(
            a.report_id == f.report_id, o.assessment_id == a.id, o.organisation_id.in_(body)
        )
        statement = statement.where(owned)
    return statement.where(has_words(f.sentence, query.words))


def point_at(reference: str) -> Any:
    """The id of the point that `service-standard/1/10` names, as a query."""
    slug, version, number = reference.split("/")
    p, v, s = StandardPoint, StandardVersion, Standard
    return (
        select(p.id)
        .join(v, v.id == p.version_id)
        .join(s, s.id == v.standard_id)
        .where(s.slug == slug, v.number == int(version), p.number == int(number))
    )


def listing(session: Session, query: SuggestionQuery, limit: int | None = None) -> list[Row]:
    """Sentences, those most likely to tell something first, and the newest of those."""
    f = FindingSentence
    order = f.score.desc(), f.id.desc()
    wanted = _asked(select(f.id), query)
    if query.after:
        score, id_ = query.after
        wanted = wanted.where(f.score <= score, (f.score < score) | (f.id < id_))
    # First which they are, from an index; then what there is to say of so few.
    some = wanted.order_by(*order).limit(limit).subquery()
    statement = _rows().join(some, some.c.id == f.id).order_by(*order)
    return [Row(*row) for row in session.execute(statement)]


def every(session: Session, query: SuggestionQuery) -> Iterator[Row]:
    """The same for a download, some at a time."""
    query = replace(query, after=None)
    while found := listing(session, query, 500):
        yield from found
        query = replace(query, after=(found[-1].score, found[-1].id))


def by_ids(session: Session, ids: Collection[int]) -> list[Row]:
    """Some of them, the likeliest first; those that are not there are left out."""
    f = FindingSentence
    statement = _rows().where(f.id.in_(ids)).order_by(f.score.desc(), f.id.desc())
    return [Row(*row) for row in session.execute(statement)]


def states(session: Session, query: SuggestionQuery) -> dict[str, int]:
    """How many there are in each state, within the other filters."""
    f = FindingSentence
    rows: Any = session.execute(
        _asked(select(f.state, func.count()), query, "state").group_by(f.state)
    )
    return dict.fromkeys((s.value for s in FindingState), 0) | {s.value: n for s, n in rows}


def by_need(session: Session, query: SuggestionQuery) -> list[tuple[str, str, int]]:
    """How many there are of each need, within the other filters: (address, name, how many)."""
    f, c = FindingSentence, Capability
    counted = _asked(select(f.capability_id, func.count().label("many")), query, "need")
    counted = counted.group_by(f.capability_id).subquery()
    rows: Any = session.execute(
        select(c.slug, c.name, counted.c.many)
        .join(counted, counted.c.capability_id == c.id)
        .order_by(c.name)
    )
    return [tuple(row) for row in rows]


def by_point(session: Session, query: SuggestionQuery) -> list[tuple[str, str, int]]:
    """How many there are of each point: (reference, what it is called, how many)."""
    f, p, v, s = FindingSentence, StandardPoint, StandardVersion, Standard
    counted = _asked(select(f.point_id, func.count().label("many")), query, "point")
    counted = counted.group_by(f.point_id).subquery()
    rows: Any = session.execute(
        select(s.slug, v.number, p.number, p.title, v.title, counted.c.many)
        .join(counted, counted.c.point_id == p.id)
        .join(v, v.id == p.version_id)
        .join(s, s.id == v.standard_id)
        .order_by(s.name, v.number.desc(), p.number)
    )
    return [(f"{slug}/{v}/{n}", f"{n}. {title} – {of}", many)
            for slug, v, n, title, of, many in rows]  # fmt: skip


def points(session: Session) -> list[tuple[str, str]]:
    """Every point of a published version, the newest version first: (reference, in words)."""
    p, v, s = StandardPoint, StandardVersion, Standard
    query = (
        select(s.slug, v.number, p.number, p.title, v.title)
        .join(v, v.id == p.version_id)
        .join(s, s.id == v.standard_id)
        .where(v.state == VersionState.PUBLISHED)
        .order_by(s.name, v.number.desc(), p.number)
    )
    return kept(session, "points", lambda: [
        (f"{slug}/{version}/{n}", f"{of}: {n}. {title}")
        for slug, version, n, title, of in session.execute(query)
    ])  # fmt: skip


def organisations(session: Session) -> list[tuple[str, str]]:
    """The organisations that reports are about, by name: (address, name)."""
    o = Organisation
    owns = exists().where(AssessmentOwner.organisation_id == o.id)
    query = select(o.slug, o.name).where(owns).order_by(o.sort_name, o.id)
    return kept(session, "assessed organisations", lambda: [
        (slug, name) for slug, name in session.execute(query)
    ])  # fmt: skip


def locked(session: Session, ids: Iterable[int]) -> list[FindingSentence]:
    """Sentences to decide about, for this transaction alone."""
    query = select(FindingSentence).where(FindingSentence.id.in_(list(ids)))
    return list(session.scalars(query.order_by(FindingSentence.id).with_for_update()))


def decide(
    session: Session, rows: Collection[FindingSentence], state: FindingState,
    finding: tuple[int, str] | None, act: Act,
) -> None:  # fmt: skip
    """Keep what a person says of sentences, each with its event.

    Args:
        rows: loaded for this transaction, with the finding each is in.
        finding: id and address of the one that they are put into.
    """
    told = []
    open_ = state is FindingState.SUGGESTED
    slugs = _slugs(session, {row.finding_id for row in rows if row.finding_id})
    for row in rows:
        before = {"state": row.state.value, "finding": slugs.get(row.finding_id or 0)}
        row.state, row.finding_id = state, finding[0] if finding else None
        row.decided_by, row.decided_at = (None, None) if open_ else (act.actor, act.at)
        told.append((row.id, before, {"state": state.value, "finding": finding and finding[1]}))
    session.flush()
    record_all(session, act, DECIDED, THING, told)


def drop_gone(session: Session, report_id: int, said: Collection[str], act: Act) -> None:
    """Take decided sentences away that a report no longer says: nobody quotes them any more.

    Args:
        said: every sentence that it says now.
    """
    f = FindingSentence
    decided = f.state != FindingState.SUGGESTED
    rows = session.scalars(select(f).where(f.report_id == report_id, decided).order_by(f.id))
    gone = [row for row in rows if row.sentence not in said]
    decide(session, gone, FindingState.SUGGESTED, None, act)
    session.execute(delete(f).where(f.id.in_([row.id for row in gone])))


def _slugs(session: Session, ids: set[int]) -> dict[int, str]:
    rows: Any = session.execute(select(Finding.id, Finding.slug).where(Finding.id.in_(ids)))
    return dict(map(tuple, rows)) if ids else {}


def waiting(session: Session, most: int) -> int:
    """How many nobody has decided about, counted up to `most`."""
    some = select(FindingSentence.id).where(FindingSentence.state == FindingState.SUGGESTED)
    return session.scalar(select(func.count()).select_from(some.limit(most).subquery())) or 0


def grouped_of(session: Session, reports: Collection[int]) -> dict[int, list[int]]:
    """The reports of which people put sentences into findings, one for each sentence, by the ids
    of the findings.
    """
    f, found = FindingSentence, dict[int, list[int]]()
    for some in chunks(reports):
        query = select(f.finding_id, f.report_id).where(
            f.report_id.in_(some), f.finding_id.is_not(None)
        )
        rows: Any = session.execute(query.order_by(f.finding_id, f.id))
        for id_, report in rows:
            found.setdefault(id_, []).append(report)
    return found


def reports(session: Session) -> list[int]:
    """The ids of all reports."""
    return list(session.scalars(select(Report.id).order_by(Report.id)))


def with_words(session: Session, texts: Iterable[str]) -> list[int]:
    """The ids of open sentences that hold one of these texts."""
    f = FindingSentence
    held = or_(*(func.lower(f.sentence).contains(t.lower(), autoescape=True) for t in texts))
    query = select(f.id).where(f.state == FindingState.SUGGESTED, held)
    return list(session.scalars(query.order_by(f.id)))
