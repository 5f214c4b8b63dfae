"""All SQL about findings: what is commonly broken, with the sentences that say so."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Report
from portal.assessments.models.findings import Finding, FindingSentence
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.store.suggestions import day_of_report, point_at
from portal.audit import Act, Document, kept, record
from portal.catalogue.models.components import Capability, Component, ComponentCapability
from portal.catalogue.rules.cleaners import sort_key
from portal.errors import N_, Invalid, Missing, Stale

THING = "finding"
_NONE = N_("There is no finding at this address")


class Row(NamedTuple):
    """A finding with what it is of, and how many reports say so."""

    id: int
    slug: str
    title: str
    summary: str | None
    version: int
    need: str | None
    need_name: str | None
    standard: str | None
    standard_number: int | None
    standard_title: str | None
    point_number: int | None
    point_title: str | None
    reports: int
    sentences: int
    first: date | None
    last: date | None

    @property
    def point(self) -> str | None:
        """The point as documents name it."""
        if self.standard is None:
            return None
        return f"{self.standard}/{self.standard_number}/{self.point_number}"

    @property
    def document(self) -> Document:
        """Its canonical document."""
        return {
            "title": self.title, "summary": self.summary, "capability": self.need,
            "point": self.point,
        }  # fmt: skip


class Quote(NamedTuple):
    """A sentence of a finding with its report; `gone` where the report's text, which came in again,
    no longer has it.
    """

    id: int
    sentence: str
    report: str
    report_title: str
    day: date | None
    source: str | None
    gone: bool


def _counted(slug: str | None) -> Any:
    """How many sentences and reports findings have, or one of them."""
    f, r = FindingSentence, Report
    which = f.finding_id.is_not(None)
    if slug is not None:
        which = f.finding_id.in_(select(Finding.id).where(Finding.slug == slug))
    said = (
        select(f.finding_id, f.report_id, day_of_report().label("day"))
        .join(r, r.id == f.report_id)
        .where(which)
        .subquery()
    )
    return (
        select(
            said.c.finding_id,
            func.count(said.c.report_id.distinct()).label("reports"),
            func.count().label("sentences"),
            func.min(said.c.day).label("first"),
            func.max(said.c.day).label("last"),
        )
        .group_by(said.c.finding_id)
        .subquery()
    )


def _rows(slug: str | None = None) -> Any:
    f, c, p, v, s, n = (
        Finding, Capability, StandardPoint, StandardVersion, Standard, _counted(slug),
    )  # fmt: skip
    return (
        select(
            f.id, f.slug, f.title, f.summary, f.version, c.slug, c.name, s.slug, v.number, v.title,
            p.number, p.title, func.coalesce(n.c.reports, 0), func.coalesce(n.c.sentences, 0),
            n.c.first, n.c.last,
        )
        .outerjoin(c, c.id == f.capability_id)
        .outerjoin(p, p.id == f.point_id)
        .outerjoin(v, v.id == p.version_id)
        .outerjoin(s, s.id == v.standard_id)
        .outerjoin(n, n.c.finding_id == f.id)
    )  # fmt: skip


def everything(session: Session) -> list[Row]:
    """All findings, those that most reports speak of first; people make each, so they are few."""
    return kept(session, "findings", lambda: sorted(
        (Row(*row) for row in session.execute(_rows())), key=lambda row: (-row.reports, row.id)
    ))  # fmt: skip


def by_slug(session: Session, slug: str) -> Row:
    """The finding at an address. Raises Missing."""
    row = session.execute(_rows(slug).where(Finding.slug == slug)).first()
    if row is None:
        raise Missing(_NONE)
    return Row(*row)


def quotes(
    session: Session, finding_id: int, after: int | None = None, limit: int | None = None
) -> list[Quote]:
    """The sentences of a finding in the order in which they came in."""
    f, r = FindingSentence, Report
    query = (
        select(f.id, f.sentence, r.slug, r.title, day_of_report(), r.source, f.position < 0)
        .join(r, r.id == f.report_id)
        .where(f.finding_id == finding_id, f.id > (after or 0))
    )
    return [Quote(*row) for row in session.execute(query.order_by(f.id).limit(limit))]


def quoted(session: Session, ids: list[int]) -> dict[int, Quote]:
    """The first sentence of each of these findings."""
    f, r = FindingSentence, Report
    best = (
        select(func.min(f.id)).where(f.finding_id.in_(ids), f.position >= 0).group_by(f.finding_id)
    )
    rows: Any = session.execute(
        select(
            f.finding_id,
            f.id,
            f.sentence,
            r.slug,
            r.title,
            day_of_report(),
            r.source,
            f.position < 0,
        )
        .join(r, r.id == f.report_id)
        .where(f.id.in_(best))
    )
    return {finding: Quote(*rest) for finding, *rest in rows}


def components(session: Session, need: str) -> list[tuple[str, str, str]]:
    """The components that meet a need, by name: (address, name, phase)."""
    c, offered = Component, ComponentCapability
    rows: Any = session.execute(
        select(c.slug, c.name, c.lifecycle)
        .join(offered, offered.component_id == c.id)
        .join(Capability, Capability.id == offered.capability_id)
        .where(Capability.slug == need)
        .order_by(c.sort_name, c.id)
    )
    return [(slug, name, lifecycle.value) for slug, name, lifecycle in rows]


def needs_of_component(session: Session, slug: str) -> tuple[str, set[str]]:
    """What a component is called, and the needs that it meets. Raises Missing."""
    name = session.scalar(select(Component.name).where(Component.slug == slug))
    if name is None:
        raise Missing(N_("There is no component at this address"))
    offered = ComponentCapability
    needs = session.scalars(
        select(Capability.slug)
        .join(offered, offered.capability_id == Capability.id)
        .join(Component, Component.id == offered.component_id)
        .where(Component.slug == slug)
    )
    return name, set(needs)


def needs(session: Session) -> list[tuple[str, str]]:
    """Every need that a finding can be of: (address, name)."""
    c = Capability
    rows: Any = session.execute(
        select(c.slug, c.name).where(c.parent_id.is_not(None)).order_by(c.name, c.id)
    )
    return [tuple(row) for row in rows]


def is_called(session: Session, title: str, without: str | None = None) -> bool:
    """Whether a finding, other than that at an address, is called so; capitals do not matter."""
    rows: Any = session.execute(select(Finding.slug, Finding.title))
    return any(slug != without and sort_key(each) == sort_key(title) for slug, each in rows)


def taken(session: Session, slug: str) -> bool:
    """Whether a finding has this address."""
    return session.scalar(select(Finding.id).where(Finding.slug == slug)) is not None


def save(
    session: Session, finding: Finding | None, document: Document, act: Act, slug: str = ""
) -> Finding:
    """Write a finding as its document says, with its event.

    Args:
        finding: None for a new one, at the address `slug`.

    Raises:
        Invalid: there is no such need or point.
    """
    before = by_slug(session, finding.slug).document if finding else None
    need, point = _need(session, document), _point(session, document)
    if finding is None:
        finding = Finding(slug=slug, title="", version=0, edited_at=act.at)
        session.add(finding)
    elif before == document:
        return finding
    finding.title, finding.summary = document["title"], document["summary"]
    finding.capability_id, finding.point_id = need, point
    finding.version, finding.edited_at = finding.version + 1, act.at
    session.flush()
    tag = f"{THING}.edited" if before else f"{THING}.added"
    record(session, act, tag, THING, finding.id, before, document)
    return finding


def _need(session: Session, document: Document) -> int | None:
    if not document["capability"]:
        return None
    c = Capability
    id_ = session.scalar(
        select(c.id).where(c.slug == document["capability"], c.parent_id.is_not(None))
    )
    if id_ is None:
        raise Invalid("capability", N_("Select a need from the list"))
    return id_


def _point(session: Session, document: Document) -> int | None:
    if not document["point"]:
        return None
    id_: int | None = session.scalar(point_at(document["point"]))
    if id_ is None:
        raise Invalid("point", N_("Select a point of a standard from the list"))
    return id_


def locked(session: Session, slug: str, version: int | None = None) -> Finding:
    """A finding to change, for this transaction alone. Raises Missing, and Stale where it changed
    since `version`.
    """
    query = select(Finding).where(Finding.slug == slug).with_for_update()
    found = session.scalars(query).first()
    if found is None:
        raise Missing(_NONE)
    if version is not None and found.version != version:
        raise Stale(N_("Somebody has changed this finding since you opened it"))
    return found


def sentence_ids(session: Session, finding_id: int) -> list[int]:
    """The ids of the sentences of a finding."""
    f = FindingSentence
    return list(session.scalars(select(f.id).where(f.finding_id == finding_id).order_by(f.id)))


def told(session: Session, finding_id: int, tag: str, gone: list[int], came: list[int], act: Act
         ) -> None:  # fmt: skip
    """Say in the history of a finding from which reports, by id, a sentence left it or came. Not
    what it says: nothing can be taken out of the history, and a report can be corrected.
    """
    query = select(Report.id, Report.slug).where(Report.id.in_({*gone, *came}))
    rows: Any = session.execute(query)
    slugs: dict[int, str] = dict(map(tuple, rows))
    record(session, act, f"{THING}.{tag}", THING, finding_id,
           {"quoted": [slugs[id_] for id_ in gone]},
           {"quoted": [slugs[id_] for id_ in came]})  # fmt: skip


def remove(session: Session, finding: Finding, act: Act, tag: str) -> None:
    """Take a finding out, which has no sentences any more, with its event."""
    document = by_slug(session, finding.slug).document
    record(session, act, f"{THING}.{tag}", THING, finding.id, document, None)
    session.execute(delete(Finding).where(Finding.id == finding.id))
