"""All SQL about a report on its way to the public: its sections, flags, versions, and its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from portal.assessments import words
from portal.assessments.booking_words import State
from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Section
from portal.assessments.models.panels import Seat
from portal.assessments.models.publishing import PublicationFlag, ReportVersion, WithdrawnReport
from portal.assessments.models.standards import Standard, StandardPoint, StandardVersion
from portal.assessments.rules.report_writing import Part
from portal.assessments.store import sections
from portal.audit import Act, Document, record
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceOwner
from portal.catalogue.rules.cleaners import sort_key
from portal.catalogue.words import OwnerRole
from portal.errors import Missing

SECTION, FLAG = "section", "publication_flag"
#: The texts of a section that are published.
TEXTS = ("reason", "done_well", "to_explore")


class Owner(NamedTuple):
    """An organisation that owned a service on a day, as it was called then where that is known."""

    name: str
    organisation_id: int | None


def parts(found: list[Section]) -> list[Part]:
    """Sections as the rules see them."""
    return [
        Part(each.number, each.point.title if each.point else "", each.verbatim, each.rating,
             each.reason, each.done_well, each.to_explore, each.carried)
        for each in found
    ]  # fmt: skip


def people_of(session: Session, booking: Booking) -> list[str]:
    """The names of everybody who had to do with an assessment: contacts and panel, those who left
    it included.
    """
    query = select(Seat).options(joinedload(Seat.person)).where(Seat.booking_id == booking.id)
    seated = [seat.person.name for seat in session.scalars(query) if seat.person]
    return sorted({*(contact.name for contact in booking.contacts), *seated})


def rewrite(session: Session, row: Section, values: Document, act: Act, tag: str) -> bool:
    """Let a section say something else, the text before kept as it was; False where nothing does.

    The history says that its texts changed, never what they say.
    """
    before, now, old = sections.document_of(row), sections.said_of(row), row.version
    for name, value in values.items():
        setattr(row, name, value)
    if sections.said_of(row) == now:
        return False
    if sections.text_at(session, row.id, old) is None:
        was = replace(act, actor=row.edited_by, at=row.edited_at)
        sections.keep(session, row.id, old, old - 1, now, was)
    sections.changed(session, row, before, act, tag)
    return True


def call(booking: Booking, name: str) -> None:
    """Give what is assessed another name."""
    booking.name = name[:300]
    booking.sort_name = sort_key(booking.name)


def flags(session: Session, booking_id: int) -> dict[tuple[int, str], PublicationFlag]:
    """What was decided of words in the sections of a report, by the section and their digest."""
    f = PublicationFlag
    query = select(f).join(Section, Section.id == f.section_id)
    rows = session.scalars(query.where(Section.booking_id == booking_id).order_by(f.id))
    return {(row.section_id, row.digest): row for row in rows}


def keep_flag(session: Session, flag: PublicationFlag, act: Act) -> None:
    """Keep a decision about words, in place of one before."""
    f = PublicationFlag
    query = select(f).where(f.section_id == flag.section_id, f.digest == flag.digest)
    old = session.scalars(query).first()
    before = _flag(old) if old else None
    if old is None:
        old = flag
        session.add(flag)
    else:
        for name in ("kind", "state", "reason", "decided_by", "decided_at"):
            setattr(old, name, getattr(flag, name))
    session.flush()
    record(session, act, "flag.decided", FLAG, old.id, before, _flag(old))


def _flag(row: PublicationFlag) -> Document:
    return {"kind": row.kind.value, "state": row.state.value, "section": row.section_id}


def versions(session: Session, booking_id: int) -> list[ReportVersion]:
    """The versions of a report as they were published, the first one first."""
    v = ReportVersion
    return list(session.scalars(select(v).where(v.booking_id == booking_id).order_by(v.number)))


def version_of(session: Session, slug: str, number: int) -> ReportVersion:
    """One version of a report that is published now. Raises Missing."""
    v = ReportVersion
    query = select(v).join(Booking, Booking.id == v.booking_id)
    query = query.join(Report, Report.id == Booking.report_id)
    found = session.scalars(query.where(Report.slug == slug, v.number == number)).first()
    if found is None:
        raise Missing("There is no such version")
    return found


class Published(NamedTuple):
    """When, and in words for the public why, a version of a report was published."""

    number: int
    kind: str
    note: str | None
    at: Any


def published(session: Session, report_id: int) -> list[Published]:
    """The versions of a report as its page lists them, the first one first; none for an imported
    one.
    """
    v, b = ReportVersion, Booking
    query = select(v.number, v.kind, v.note, v.published_at).join(b, b.id == v.booking_id)
    rows = session.execute(query.where(b.report_id == report_id).order_by(v.number))
    return [Published(number, kind.value, note, at) for number, kind, note, at in rows]


def add_version(session: Session, row: ReportVersion) -> ReportVersion:
    """Keep a version, with the next number."""
    v = ReportVersion
    last = session.scalar(select(func.max(v.number)).where(v.booking_id == row.booking_id))
    row.number = (last or 0) + 1
    session.add(row)
    session.flush()
    return row


def withdrawn(session: Session, slug: str) -> WithdrawnReport | None:
    """What is said at the address of a report that is no longer published."""
    return session.get(WithdrawnReport, slug)


def taken_slugs(session: Session, like: str) -> set[str]:
    """The address parts that begin so and that a report has, or had."""
    r, w = Report, WithdrawnReport
    found = set(session.scalars(select(r.slug).where(r.slug.startswith(like, autoescape=True))))
    found |= set(session.scalars(select(w.slug).where(w.slug.startswith(like, autoescape=True))))
    return found


def owners_on(session: Session, booking: Booking, day: date) -> list[Owner]:
    """Who owned what a booking is of on a day: the accountable organisation first, then who
    delivers it. Where nobody is known for the day, the booking's own organisation.
    """
    o, found = ServiceOwner, list[Owner]()
    if booking.service_id is not None:
        query = (
            select(o.role, o.published_name, Organisation.id, Organisation.name)
            .outerjoin(Organisation, Organisation.id == o.organisation_id)
            .where(
                o.service_id == booking.service_id, o.role != OwnerRole.FUNDS,
                or_(o.since.is_(None), o.since <= day), or_(o.until.is_(None), o.until > day),
            )
            .order_by(o.id)
        )  # fmt: skip
        rows: list[Any] = list(session.execute(query))
        rows.sort(key=lambda row: row[0] is not OwnerRole.ACCOUNTABLE)
        found = [Owner(name or said or "", id_) for _role, said, id_, name in rows]
    if booking.component_id is not None:
        body = select(Organisation.name, Organisation.id)
        body = body.join(Component, Component.provider_id == Organisation.id)
        found = [Owner(*row) for row in session.execute(body.where(
            Component.id == booking.component_id))]  # fmt: skip
    if not found and booking.organisation_id is not None:
        body = select(Organisation.name, Organisation.id)
        own = session.execute(body.where(Organisation.id == booking.organisation_id))
        found = [Owner(*row) for row in own]
    return list(dict.fromkeys(found))


class Names(NamedTuple):
    """How documents name what a booking refers to."""

    service: str | None
    component: str | None
    standard: str | None
    again_of: str | None


def names_of(session: Session, booking: Booking) -> Names:
    """The names in a document for what a booking is of, against, and after."""
    v = StandardVersion
    service = session.scalar(select(Service.slug).where(Service.id == booking.service_id))
    component = session.scalar(select(Component.slug).where(Component.id == booking.component_id))
    row = session.execute(
        select(Standard.slug, v.number).join(v, v.standard_id == Standard.id)
        .where(v.id == booking.standard_version_id)
    ).first()  # fmt: skip
    a = Assessment
    again = session.execute(
        select(Report.slug, a.position).join(a, a.report_id == Report.id)
        .where(a.id == earlier(session, booking))
    ).first()  # fmt: skip
    return Names(
        service, component, f"{row[0]}.{row[1]}" if row else None,
        f"{again[0]}.{again[1]}" if again else None,
    )  # fmt: skip


def earlier(session: Session, booking: Booking) -> int | None:
    """The id of the published assessment that a booking holds again: the one that it names, or
    that came of the booking that it names.
    """
    if booking.again_of_id is not None or booking.after_id is None:
        return booking.again_of_id
    a, b = Assessment, Booking
    query = select(a.id).join(b, b.report_id == a.report_id).where(b.id == booking.after_id)
    return session.scalar(query.order_by(a.position))


def of_report(session: Session, report_id: int) -> Booking | None:
    """The booking that a report came of; None for an imported one."""
    return session.scalars(select(Booking).where(Booking.report_id == report_id)).first()


def assessment_of(session: Session, report_id: int) -> int | None:
    """The id of the one assessment that a report of the portal tells of."""
    a = Assessment
    return session.scalar(select(a.id).where(a.report_id == report_id).order_by(a.position))


def let_go(session: Session, booking: Booking) -> None:
    """Have bookings that follow an assessment remember its booking, before its report goes."""
    assert booking.report_id is not None  # noqa: S101  only a published one is let go
    id_, b = assessment_of(session, booking.report_id), Booking
    if id_ is None:
        return
    query: Any = update(b).where(b.again_of_id == id_, b.after_id.is_(None), b.id != booking.id)
    session.execute(query.values(after_id=booking.id).execution_options(synchronize_session=False))


def take_hold(session: Session, booking: Booking) -> list[int]:
    """Tie what follows an assessment to it again; the ids of the reports that are touched."""
    assert booking.report_id is not None  # noqa: S101  it is published
    id_, b, a = assessment_of(session, booking.report_id), Booking, Assessment
    after = select(b.id).where(b.after_id == booking.id)
    reports = list(session.scalars(
        select(b.report_id).where(b.after_id == booking.id, b.report_id.is_not(None))
    ))  # fmt: skip
    changes: tuple[Any, ...] = (
        update(b).where(b.after_id == booking.id, b.again_of_id.is_(None))
        .values(again_of_id=id_),
        update(a).where(a.report_id.in_(reports), a.again_of_id.is_(None),
                        a.kind.in_([words.AssessmentKind.REASSESSMENT,
                                    words.AssessmentKind.AMBER_REVIEW])).values(again_of_id=id_),
        update(Section).where(Section.booking_id.in_(after), Section.carried.is_(True),
                              Section.carried_from_id.is_(None)).values(carried_from_id=id_),
    )  # fmt: skip
    for change in changes:
        session.execute(change.execution_options(synchronize_session=False))
    return [each for each in reports if each is not None]


def rated_points(session: Session, service_id: int) -> list[Any]:
    """How published assessments of a service rated each point, with whose they are."""
    p, a, r = AssessmentPoint, Assessment, Report
    query = (
        select(a.standard_version_id, p.number, p.rating, p.verbatim, p.carried, p.reason, a.id,
               r.slug, a.position, a.stage, a.kind, a.held_on)
        .join(a, a.id == p.assessment_id)
        .join(r, r.id == a.report_id)
        .where(a.service_id == service_id, r.same_as_id.is_(None))
        .order_by(a.id, p.number)
    )  # fmt: skip
    return list(session.execute(query))


def bookings_before(session: Session, booking: Booking) -> list[Booking]:
    """The bookings whose assessments this one holds again, against the same version, where the
    portal held those too: the last one first, then the one that it held again itself.
    """
    found = [booking]
    while (before := _before(session, found[-1])) is not None and before not in found:
        if before.standard_version_id != booking.standard_version_id:
            break
        found.append(before)
    return found[1:]


def _before(session: Session, booking: Booking) -> Booking | None:
    b, a = Booking, Assessment
    query = select(b).where(b.id == booking.after_id)
    if booking.after_id is None:
        query = select(b).join(a, a.report_id == b.report_id).where(a.id == booking.again_of_id)
    return session.scalars(query).first()


#: What became of these does not keep anybody from booking again.
_CAME_TO_NOTHING = (State.REJECTED, State.WITHDRAWN, State.STOPPED)


def followers(session: Session, booking: Booking) -> list[Booking]:
    """The bookings that hold the assessment of another one again, the newest first."""
    b, which = Booking, [Booking.after_id == booking.id]
    of = assessment_of(session, booking.report_id) if booking.report_id is not None else None
    which += [b.again_of_id == of] if of is not None else []
    query = select(b).where(or_(*which), b.state.not_in(_CAME_TO_NOTHING), b.id != booking.id)
    return list(session.scalars(query.order_by(b.id.desc())))


def is_taken(session: Session, reference: str) -> bool:
    """Whether a booking has a reference."""
    query = select(Booking.id).where(Booking.reference == reference)
    return session.scalar(query) is not None


class Titles(NamedTuple):
    """What versions are called, with their addresses, and their points, by version and number."""

    versions: dict[int, tuple[str, str]]
    points: dict[tuple[int, int], str]


def titles(session: Session, versions: set[int]) -> Titles:
    """What these versions of standards, and their points, are called."""
    v, p = StandardVersion, StandardPoint
    query = select(v.id, Standard.slug, v.number, Standard.name, v.title)
    query = query.join(Standard, Standard.id == v.standard_id).where(v.id.in_(versions))
    found = {
        id_: (f"{slug}-{number}", f"{name}: {title}")
        for id_, slug, number, name, title in session.execute(query)
    }
    rows = session.execute(
        select(p.version_id, p.number, p.title).where(p.version_id.in_(versions))
    )
    return Titles(found, {(id_, number): title for id_, number, title in rows})


def titles_of(session: Session, booking_id: int) -> dict[int, str]:
    """The titles of the points that a booking is assessed against, by number."""
    p, b = StandardPoint, Booking
    query = select(p.number, p.title).join(b, b.standard_version_id == p.version_id)
    rows = session.execute(query.where(b.id == booking_id))
    return {number: title for number, title in rows}  # noqa: C416
