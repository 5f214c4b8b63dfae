"""An address for every route that answers GET, with records of the demo set."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal import clock
from portal.access import Kind
from portal.accounts.models.people import Person
from portal.accounts.models.roles import Invitation, JoinRequest, RoleGrant
from portal.accounts.views.base import FOLDERS
from portal.assessments.booking_words import SeatState
from portal.assessments.models.bookings import Booking
from portal.assessments.models.drafting import Challenge, SectionText
from portal.assessments.models.findings import Finding
from portal.assessments.models.panels import Assessor, Seat
from portal.assessments.models.publishing import FollowUp
from portal.assessments.rules.publication_filter import digest
from portal.assessments.store import bookings
from portal.audit import ImportBatch, london_day
from portal.catalogue.component_words import ExemptionState, SpendDecision
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.models.mentions import Mention
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.models.problems import Problem
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.models.registrations import Registration
from portal.catalogue.models.rosters import Roster
from portal.catalogue.models.services import Service
from portal.catalogue.models.spending import SpendRequest
from portal.catalogue.models.transfers import Transfer
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import duplicates
from portal.catalogue.words import RecordKind, RegistrationState
from portal.performance.models.collecting import CollectedHost
from portal.performance.models.data_sets import DataToken
from portal.performance.models.notes import FigureNote
from portal.performance.store import data_sets
from portal.reports.models.runs import SavingsRun
from portal.reports.models.snapshots import Snapshot

SERVICE = "tax-your-vehicle"
ORGANISATION = "driver-and-vehicle-licensing-agency"
JOURNEY = "learn-to-drive-a-car"
COMPONENT = "govuk-notify"
#: Its provider publishes who uses it.
PUBLISHED = "govuk-pay"
OWNER = "service.owner@dvla.demo.example"
CAPABILITY = "card-payments"
#: With a published version, which can be related to no other, and a draft.
STANDARD = "dvla-extra-points"
#: It tells of an assessment with points that were not met.
REPORT = "vehicle-tax-sorn-and-vehicle-enquiry-service-assessment"
#: Of the service, and accepted.
BOOKING = "HKT-4827"
COMPONENTS = ("component", "book_component")
#: Of the same service, with people on its panel.
WITH_PANEL = "VBX-5836"
#: Held assessments: its report is published, is with the team, and is being checked.
HELD, REVIEWED, CHECKED = "VNT-5283", "GDR-4476", "SLW-3957"
#: What the filter finds in the one that is being checked.
WEAKNESS = "penetration test"
#: Of the service too: its panel writes the report.
DRAFT = "LRW-5938"


def arguments(session: Session) -> dict[str, dict[str, Any]]:
    """What the routes of each blueprint need, or one alone by its endpoint. A blueprint with
    arguments needs a line here.
    """
    owner = session.scalar(select(Person.id).where(Person.email == OWNER))
    transfer = session.scalar(select(func.min(Transfer.id)))
    on = london_day(clock.now())
    draft, waiting = (
        session.scalar(select(Registration.id).where(Registration.state == state))
        for state in (RegistrationState.DRAFT, RegistrationState.WAITING)
    )
    return {
        "registrations": {"registration_id": draft},
        "registrations.show": {"registration_id": waiting},
        "answers": {
            "registration_id": draft,
            "question": "name",
            "need": "card-payments",
            "slug": SERVICE,
        },
        "publishing": {"registration_id": draft, "slug": SERVICE},
        "publishing.decide": {"registration_id": waiting},
        "services": {"slug": SERVICE, "on": on},
        "stack": {"slug": SERVICE},
        "organisations": {"slug": ORGANISATION, "on": on},
        "journeys": {"slug": JOURNEY, "on": on},
        "components": {"slug": COMPONENT, "on": on},
        "component_graph": {"slug": COMPONENT},
        "adoption": {"slug": PUBLISHED},
        "histories": {"slug": PUBLISHED, "chart": "payments"},
        "histories.index_chart": {"chart": "counts"},
        "closing": {"slug": "govuk-paas"},
        "rosters": {
            "slug": PUBLISHED,
            "roster_id": session.scalar(select(func.min(Roster.id))),
        },
        "capabilities": {"slug": CAPABILITY, "on": on},
        "findings": {"slug": session.scalar(select(func.min(Finding.slug)))},
        "data_api": {
            "group": SERVICE,
            "type_": "volumes",
            "record_id": "1",
            "name": f"{SERVICE}_volumes",
        },
        "edit_services": {"slug": SERVICE, "question": "purpose"},
        "edit_components": {"slug": COMPONENT, "question": "price"},
        "propose_components": {"slug": COMPONENT, "question": "lifecycle"},
        "edit_organisations": {"slug": ORGANISATION, "question": "name"},
        "propose_organisations": {"slug": ORGANISATION, "question": "aliases"},
        "edit_journeys": {"slug": JOURNEY, "question": "step-1"},
        "propose_journeys": {"slug": JOURNEY, "question": "add-step"},
        "journey_editing": {"slug": JOURNEY, "number": 1},
        "retiring": {"slug": SERVICE},
        "propose_services": {"slug": SERVICE, "question": "purpose"},
        "proposals": {"proposal_id": session.scalar(select(func.min(Proposal.id)))},
        "meeting": {"slug": SERVICE, "need": CAPABILITY},
        "measuring": _arrangement(session),
        "volumes": {"slug": COMPONENT},
        **{f"meeting.{name}": _arrangement(session) for name in ("one", "remove")},
        "together": {"slug": SERVICE, "registration_id": draft},
        "need_services": {"slug": CAPABILITY},
        "toolkit": {"phase": "alpha"},
        "duplicates": {"pair_id": _pair(session)},
        "mentions": {"mention_id": session.scalar(select(func.min(Mention.id)))},
        "merging": {"pair_id": _pair(session)},
        "splitting": {"slug": SERVICE},
        "transfers": {"transfer_id": transfer},
        "transfer_drafts": {"transfer_id": transfer},
        "reviews": {"token": "unknown"},
        "quality": {"slug": ORGANISATION, "issue": "stale"},
        "problems": {
            "problem_id": session.scalar(
                select(func.min(Problem.id)).where(Problem.about.like(f"/services/{SERVICE}%"))
            )
        },
        "claims": {
            "slug": COMPONENT,
            "usage_id": session.scalar(
                select(func.min(Usage.id))
                .join(Component, Component.id == Usage.component_id)
                .where(Component.slug == COMPONENT)
            ),
        },
        "names": {"match_id": session.scalar(select(func.min(OrganisationMatch.id)))},
        "reconciling": {"slug": COMPONENT},
        "suppliers": {"key": "amazon-web-services", "slug": "microsoft-limited"},
        "mandates": {"slug": PUBLISHED},
        **_requests(session),
        **{name: {"slug": REPORT} for name in ("reports", "report_services", "report_checks")},
        "report_timelines.service": {"slug": SERVICE},
        "report_timelines.component": {"slug": "govuk-verify"},
        "unmet": {"slug": SERVICE, "need": CAPABILITY},
        "unmet.show": {"slug": CAPABILITY},
        "usages": {"usage_id": session.scalar(select(func.min(Usage.id)))},
        "sign_in": {"token": "unknown"},
        "account": {"session_id": 1},
        "openid": {"key": "unknown"},
        "people": {"person_id": owner},
        "erasing": {"person_id": owner},
        "roles": {
            "person_id": owner,
            "grant_id": session.scalar(
                select(RoleGrant.id).where(
                    RoleGrant.person_id == owner, RoleGrant.kind == Kind.SERVICE
                )
            ),
            "invitation_id": session.scalar(select(func.min(Invitation.id))),
        },
        "joining": {"request_id": session.scalar(select(func.min(JoinRequest.id)))},
        "books": {"run_id": session.scalar(select(func.max(SavingsRun.id)))},
        "savings": {"run_id": session.scalar(select(func.max(SavingsRun.id)))},
        "savings_lists": {"run_id": session.scalar(select(func.max(SavingsRun.id))), "number": 1},
        "keeping": {"slug": ORGANISATION, "number": 9},
        "keeping_rows": {"slug": ORGANISATION, "number": 9},
        "savings_bridge": dict.fromkeys(
            ("first", "second"), session.scalar(select(func.max(SavingsRun.id)))
        ),
        "savings_uses": {"run_id": session.scalar(select(func.max(SavingsRun.id)))},
        "savings_sure": {"run_id": session.scalar(select(func.max(SavingsRun.id)))},
        "snapshots": {"snapshot_id": session.scalar(select(func.max(Snapshot.id)))},
        "standards": {"slug": "service-standard", "number": 3, "point": 12},
        "standard_walks": {"slug": "service-standard", "number": 2},
        "standard_editing": {"slug": STANDARD, "number": 1, "point": 15},
        "standard_drafts": {"slug": STANDARD, "number": 2, "point": 16},
        "bookings": {"reference": BOOKING, "move": "withdraw"},
        "assessment_needed": {"slug": SERVICE},
        **{f"assessment_needed.{name}": {"slug": COMPONENT} for name in COMPONENTS},
        "booking_settings": {"slug": ORGANISATION},
        "calendar": {"month": f"{on:%Y-%m}", "token": "unknown"},
        "booking_tasks": {"reference": BOOKING, "task": "people", **_parts_of(session)},
        "booking_running": {"reference": BOOKING, **_parts_of(session)},
        **_panels(session),
        **held(session),
        **_drafts(session),
        **_boards(session),
        **_figures(session),
        "imports": {"batch_id": session.scalar(select(func.max(ImportBatch.id)))},
    }


def _boards(session: Session) -> dict[str, dict[str, Any]]:
    """Whose dashboards, and a chart of each."""
    of_component = select(func.min(FigureNote.id)).where(FigureNote.component_id.is_not(None))
    of_service = select(func.min(FigureNote.id)).where(FigureNote.service_id.is_not(None))
    of = {"service": SERVICE, "organisation": ORGANISATION, "journey": JOURNEY}
    on = {name: {"slug": slug, "chart": "transactions"} for name, slug in of.items()}
    on["component"] = {"slug": COMPONENT, "chart": "volume"}
    charts = {f"boards.{name}{end}": each for name, each in on.items() for end in ("", "_chart")}
    notes = {"slug": SERVICE, "note_id": session.scalar(of_service), "target_id": 1}
    found: dict[str, dict[str, Any]] = {**charts, "boards": {"chart": "transactions"}}
    found["figure_notes"] = notes
    for name in ("change", "remove"):
        found[f"figure_notes.{name} of components"] = {"note_id": session.scalar(of_component)}
    return found


def _figures(session: Session) -> dict[str, dict[str, Any]]:
    """A data set with figures, and its newest period."""
    row = data_sets.find(session, SERVICE, "volumes")
    here = {"group": SERVICE, "type_": "volumes",
            "start": row.last_start if row else None, "number": 1}  # fmt: skip
    names = ("data_sets", "data_set_values", "data_set_editing", "figure_forms", "uploads",
             "collections")  # fmt: skip
    token = session.scalar(select(func.min(DataToken.id)))
    host = session.scalar(select(CollectedHost).order_by(CollectedHost.id).limit(1))
    return {
        **dict.fromkeys(names, here),
        "data_set_tokens": {**here, "token_id": token},
        "figure_links": {**here, "link_id": 1},
        "figure_by_link": {"token": "unknown", "number": 1},
        "collected_hosts": {"host_id": host.id, "host": host.host} if host else {},
    }


def _parts_of(session: Session) -> dict[str, Any]:
    """A link for the panel and a session of the booking."""
    row = bookings.by_reference(session, BOOKING)
    return {"link": row.artefacts[0].id, "session_id": row.sessions[0].id}


def _panels(session: Session) -> dict[str, dict[str, Any]]:
    """A seat that somebody has taken, against whom a conflict stands; one that is open."""
    on = select(Booking.id).where(Booking.reference == WITH_PANEL).scalar_subquery()
    taken, open_ = (
        session.scalar(select(func.min(Seat.id)).where(Seat.booking_id == on, which))
        for which in (Seat.conflict.is_not(None), Seat.state == SeatState.OPEN)
    )
    here = {"reference": WITH_PANEL, "seat_id": taken}
    return {
        "panel_seats": here,
        "panel_seats.fill": {**here, "seat_id": open_},
        "panel_people": here,
        "open_seats": {"seat_id": open_},
        "assessors": {"person_id": session.scalar(select(func.min(Assessor.person_id))),
                      "away_id": 1},
    }  # fmt: skip


def held(session: Session) -> dict[str, dict[str, Any]]:
    """Assessments that were held: one published, one with the team, one that is checked."""
    action = session.scalar(
        select(func.min(FollowUp.id)).join(Booking).where(Booking.reference == HELD)
    )
    challenge = session.scalar(
        select(func.min(Challenge.id)).join(Booking).where(Booking.reference == REVIEWED)
    )
    slug = session.scalar(select(Booking.report_slug).where(Booking.reference == HELD))
    return {
        "assurance_checks": {"reference": CHECKED, "number": 9, "mark": digest(WEAKNESS)},
        "report_reviews": {"reference": REVIEWED, "number": 1, "field": "to_explore", "at": 0,
                           "challenge_id": challenge},
        "report_corrections": {"reference": HELD, "number": 1},
        "report_versions": {"slug": slug, "number": 1},
        "follow_ups": {"reference": HELD, "action_id": action, "kind": "amber_review",
                       "deed": "accept_risk"},
        "follow_ups.review": {"reference": HELD, "action_id": action, "deed": "escalate"},
        "point_standings": {"slug": "make-a-sorn"},
    }  # fmt: skip


def _drafts(session: Session) -> dict[str, dict[str, Any]]:
    """A draft report: the point with an action, and that with a text which is set aside."""
    text = select(func.max(SectionText.id)).where(SectionText.version.is_(None))
    late = {"reference": DRAFT, "number": 13, "text_id": session.scalar(text)}
    asked = select(func.min(FollowUp.id)).join(Booking).where(Booking.reference == DRAFT)
    action = {"action_id": session.scalar(asked)}
    return {
        "wash_up": {"reference": DRAFT, "number": 13},
        "sections": late,
        "section_texts": late,
        "section_actions": {"reference": DRAFT, "number": 1, **action},
    }


def _requests(session: Session) -> dict[str, dict[str, Any]]:
    """Requests for exemptions and to spend: those that wait, and decided ones where it matters."""
    leave, spend = ExemptionState, SpendDecision
    asked, granted = (
        {"request_id": session.scalar(select(row.id).where(row.state == state))}
        for row, state in ((ExemptionRequest, leave.ASKED), (ExemptionRequest, leave.GRANTED))
    )
    waiting, approved = (
        {"request_id": session.scalar(select(row.id).where(row.decision == decision))}
        for row, decision in (
            (SpendRequest, spend.WAITING),
            (SpendRequest, spend.APPROVED_WITH_CONDITIONS),
        )
    )
    return {
        "exemptions": asked,
        "exemptions.ask": {"slug": SERVICE, "component": PUBLISHED},
        "exemptions.show": granted,
        "exemptions.end": granted,
        "exemptions.conditions": granted,
        "spending": waiting,
        "spending.show": approved,
        "spend_conditions": {**approved, "position": 1},
        "spending.new_of_service": {"slug": SERVICE},
        "spending.new_of_organisation": {"slug": ORGANISATION},
    }


def _arrangement(session: Session) -> dict[str, Any]:
    """Where one arrangement of the demo set is changed."""
    query = (
        select(Service.slug, Capability.slug, Usage.id)
        .join(Usage, Usage.service_id == Service.id)
        .join(Capability, Capability.id == Usage.capability_id)
    )
    row = session.execute(query.order_by(Usage.id)).first()
    return dict(zip(("slug", "need", "usage_id"), row, strict=True)) if row else {}


def _pair(session: Session) -> int | None:
    """A pair that waits, of two services of one organisation."""
    low, high = sorted(
        duplicates.id_at(session, RecordKind.SERVICE, slug)
        for slug in (SERVICE, "check-vehicle-tax")
    )
    pair = duplicates.between(session, RecordKind.SERVICE, low, high)
    return pair.id if pair else None


#: The records that pages about people are asked for.
SLUGS = {Kind.ORGANISATION: ORGANISATION, Kind.SERVICE: SERVICE, Kind.COMPONENT: COMPONENT}


def addresses(app: Flask, session: Session, method: str = "GET") -> dict[str, tuple[str, str]]:
    """Each route's rule to its endpoint and an address, of the routes that take a method. A rule
    for several kinds of things stands for each of them.
    """
    known = arguments(session)
    urls = app.url_map.bind("localhost")
    found = {}
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()):
            continue
        for number, folder in enumerate(_folders(rule)):
            usual = known.get(rule.endpoint.split(".")[0], {})
            own = known.get(f"{rule.endpoint} of {folder.get('folder')}", {})
            given = known.get(rule.endpoint, usual) | folder | own
            defaults = rule.defaults or {}
            missing = rule.arguments - set(given) - set(defaults)
            assert not missing, f"{rule.rule}: examples.py has no example of {missing}"
            values = {name: defaults.get(name, given.get(name)) for name in rule.arguments}
            address = urls.build(rule.endpoint, values | dict(defaults), method)
            name = f"/{folder['folder']}{rule.rule.partition('>')[2]}" if number else rule.rule
            found[name] = rule.endpoint, address
    return found


def _folders(rule: Rule) -> list[dict[str, str]]:
    if "folder" not in rule.arguments or "folder" in (rule.defaults or {}):
        return [{}]
    taken = rule._converters["folder"].items  # type: ignore[attr-defined]
    return [
        {"folder": FOLDERS[kind], "slug": slug}
        for kind, slug in SLUGS.items()
        if FOLDERS[kind] in taken
    ]
