"""Say which service, or component, a report is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from portal import search
from portal.access import Permission, Person, may
from portal.accounts.work import Item
from portal.assessments.rules.report_documents import placed, positions
from portal.assessments.store import report_checks, report_matching, report_record
from portal.assessments.store.report_documents import Change, Reports
from portal.assessments.store.report_matching import Alike
from portal.assessments.words import ServiceMatch
from portal.audit import Act, Document
from portal.catalogue.store import components, services
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Missing

DECIDED = "report.service_decided"
SERVICE, CHECK = "decide_report_service", "check_report"
LABELS = {
    SERVICE: N_("Say which services these reports are about"),
    CHECK: N_("Check what a program read in these reports"),
}
SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about, as a person says: a service, a component, or nothing that is in the
    catalogue.
    """

    service: str | None = None
    component: str | None = None


def decide(database: Database, slug: str, about: About, act: Act) -> None:
    """Keep what a person says a report is about, for all assessments that it tells of; the report
    keeps the name that it gave.

    Raises:
        Missing: there is no such report.
        Invalid: there is no such service or component.
    """
    with database.writing() as session:
        one_at_a_time(session)
        report_id, _title = report_record.heading(session, slug)
        service, component = _known(session, about)
        state = ServiceMatch.DECIDED if service or component else ServiceMatch.NO_MATCH
        reports = Reports(session)
        now = reports.documents([report_id])[report_id]
        after = dict(now)
        for place in positions(now):
            after[placed(place, "service")] = service
            after[placed(place, "component")] = component
            after[placed(place, "service_match")] = state.value
        reports.write([Change(report_id, now, after)], act, DECIDED)


def _known(session: Session, about: About) -> tuple[str | None, str | None]:
    """The present slugs. Raises Invalid where there is nothing at one."""
    service = component = None
    if about.service:
        service = services.slug_now(session, about.service) or about.service
        if service not in services.ids_by_slug(session):
            raise Invalid("service", N_("There is no service at this address"))
    if about.component:
        component = components.slug_now(session, about.component) or about.component
        if component not in components.ids_by_slug(session):
            raise Invalid("component", N_("There is no component at this address"))
    return service, component


def suggestions(session: Session, name: str, sort_name: str) -> list[Alike]:
    """The services that a report of this name may be about: those called so first, then those
    whose names share most with it.
    """
    exact = report_matching.same_names(session, [sort_name]).get(sort_name, [])
    ids = search.alike(session, services.THING, name, SUGGESTED)
    known = {each.slug for each in exact}
    near = [each for each in report_matching.by_ids(session, ids) if each.slug not in known]
    return [*exact, *near][:SUGGESTED]


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Decide as a list says of reports that still wait; how many were decided."""
    done = 0
    for row in rows:
        with database.reading() as session:
            try:
                id_, _title = report_record.heading(session, row["report"])
            except Missing:
                continue
            waits = report_matching.one(session, id_).match == ServiceMatch.WAITING
        if waits:
            about = About(row.get("service"), row.get("component"))
            decide(database, row["report"], about, replace(act, reason=row["why"]))
            done += 1
    return done


def waiting(session: Session, person: Person, _day: date) -> Iterator[Item]:
    """What waits for those who decide about reports: a line for each sort."""
    if not may(person, Permission.DECIDE_REPORTS):
        return
    many = report_matching.counts(session)[ServiceMatch.WAITING.value]
    if many:
        yield Item(SERVICE, "Reports without a service", "/report-services?state=waiting",
                   detail=f"{many:,}")  # fmt: skip
    many = report_checks.open_reports(session)
    if many:
        yield Item(
            CHECK,
            "Reports with something to check",
            "/report-checks?state=open",
            detail=f"{many:,}",
        )
