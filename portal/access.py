"""Who may do what: one table of pure predicates, asked by every view and action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person is, on a thing and for some days. Reading what is public needs none."""

    TEAM_MEMBER = "team_member"
    SERVICE_OWNER = "service_owner"
    COMPONENT_PROVIDER = "component_provider"
    ASSESSOR = "assessor"
    ASSURANCE_TEAM = "assurance_team"
    ORGANISATION_ADMINISTRATOR = "organisation_administrator"
    PORTAL_ADMINISTRATOR = "portal_administrator"
    LEADERSHIP = "leadership"


class Kind(StrEnum):
    """What a role can be granted on."""

    PORTAL = "portal"
    ORGANISATION = "organisation"
    SERVICE = "service"
    COMPONENT = "component"


class Permission(StrEnum):
    """What can be done. Each view names one or is public; a view that says neither is refused."""

    USE_ACCOUNT = "use_account"
    REGISTER_SERVICE = "register_service"
    PROPOSE_CHANGE = "propose_change"
    SEE_PROPOSAL = "see_proposal"
    DECIDE_PROPOSAL = "decide_proposal"
    WITHDRAW_PROPOSAL = "withdraw_proposal"
    EDIT_SERVICE = "edit_service"
    EDIT_JOURNEY = "edit_journey"
    ADD_JOURNEY = "add_journey"
    PUBLISH_SERVICE = "publish_service"
    WITHDRAW_SERVICE = "withdraw_service"
    SEE_REGISTRATION = "see_registration"
    EDIT_REGISTRATION = "edit_registration"
    DECIDE_REGISTRATION = "decide_registration"
    EDIT_COMPONENT = "edit_component"
    EDIT_ORGANISATION = "edit_organisation"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_PERSON = "manage_person"
    MANAGE_PORTAL = "manage_portal"
    DECIDE_DUPLICATE = "decide_duplicate"
    DECIDE_MENTION = "decide_mention"
    DECIDE_NAME = "decide_name"
    ANSWER_PROBLEMS = "answer_problems"
    RECORD_SPEND = "record_spend"
    KEEP_FIGURES = "keep_figures"
    DECIDE_REQUESTS = "decide_requests"
    DECIDE_FINDINGS = "decide_findings"
    DECIDE_REPORTS = "decide_reports"
    FREEZE_REPORT = "freeze_report"
    ADD_STANDARD = "add_standard"
    EDIT_STANDARD = "edit_standard"
    KEEP_ASSUMPTIONS = "keep_assumptions"
    BOOK_ASSESSMENT = "book_assessment"
    SEE_BOOKING = "see_booking"
    EDIT_BOOKING = "edit_booking"
    ANSWER_FOR_BOOKING = "answer_for_booking"
    RUN_BOOKING = "run_booking"
    LEAD_PANEL = "lead_panel"
    SIT_ON_PANEL = "sit_on_panel"
    JOIN_PANEL = "join_panel"
    OBSERVE_PANEL = "observe_panel"
    HAVE_SEAT = "have_seat"
    WRITE_REPORT = "write_report"
    READ_DRAFT = "read_draft"
    RUN_ASSESSMENTS = "run_assessments"
    HOLD_ASSESSMENTS_HOW = "hold_assessments_how"
    ASSESS = "assess"


@dataclass(frozen=True, slots=True)
class Thing:
    """What a permission is about.

    Attributes:
        kind: the kind of record; those of `Kind` can have people of their own, `PERSON` is one.
        id: of the record; 0 for the portal.
        organisations: ids of the organisations that own it now. An organisation owns itself
            without being named here.
        people: ids of the people whose own it is, such as a draft.
        parts: of a pair, the two things that it is of; else what it runs through or is about:
            whoever may edit one of them has a say.
    """

    kind: str
    id: int
    organisations: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    parts: tuple[Thing, ...] = ()


PORTAL = Thing(Kind.PORTAL, 0)
#: A person as a thing: of the organisations where, or on whose things, they hold roles.
PERSON = "person"
#: A service being registered: its author's own, and of its organisation once it is submitted.
REGISTRATION = "registration"
#: Two records that may be one.
PAIR = "duplicate_pair"
#: A journey, whose parts are the services of its steps.
JOURNEY = "journey"
#: A proposed change: its author's own; its part is the record that it is about.
PROPOSAL = "proposal"
#: A sentence of a document; its parts are the component it names, and the service it is about.
MENTION = "mention"
#: What services are assessed against: the portal's, or an organisation's own.
STANDARD = "standard"
#: An assessment that is booked. Its organisations are those whose assurance team runs it; its
#: parts are the service or component, and one for each sort of seat with who sits there.
BOOKING = "booking"
LEAD, ASSESSOR, INVITED, OBSERVER = "lead", "assessor", "invited", "observer"
#: Part of a booking: whoever sits on its panel, and of whom the assurance team judged that they may
#: although they answer for the service or component.
CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person holds today, on the thing with this kind and id."""

    role: Role
    kind: Kind
    id: int

    def covers(self, thing: Thing) -> bool:
        """True where the role counts on `thing`: granted on it, on an organisation that owns it
        (not on one above that), or on the portal.
        """
        if self.kind is Kind.PORTAL:
            return True
        if self.kind is Kind.ORGANISATION and self.id in thing.organisations:
            return True
        return (self.kind, self.id) == (thing.kind, thing.id)


class Person(Protocol):
    """Anyone who asks."""

    @property
    def is_authenticated(self) -> bool:
        """True for somebody who has signed in."""

    @property
    def id(self) -> int:
        """The person's id; 0 for a visitor."""

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The roles held today."""


class Visitor:
    """Somebody who has not signed in; has the members that Flask-Login asks for."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    id = 0
    grants: tuple[Grant, ...] = ()

    def get_id(self) -> None:
        """Nobody in particular."""


#: What each role can be granted on. A grant on an organisation counts on all that it owns.
GRANTED_ON: dict[Role, tuple[Kind, ...]] = {
    Role.TEAM_MEMBER: (Kind.ORGANISATION, Kind.SERVICE, Kind.COMPONENT),
    Role.SERVICE_OWNER: (Kind.ORGANISATION, Kind.SERVICE),
    Role.COMPONENT_PROVIDER: (Kind.ORGANISATION, Kind.COMPONENT),
    Role.ASSESSOR: (Kind.ORGANISATION, Kind.PORTAL),
    Role.ASSURANCE_TEAM: (Kind.ORGANISATION, Kind.PORTAL),
    Role.ORGANISATION_ADMINISTRATOR: (Kind.ORGANISATION,),
    Role.PORTAL_ADMINISTRATOR: (Kind.PORTAL,),
    Role.LEADERSHIP: (Kind.ORGANISATION, Kind.PORTAL),
}


def roles_on(kind: Kind) -> list[Role]:
    """The roles that can be granted on things of a kind."""
    return [role for role in Role if kind in GRANTED_ON[role]]


Predicate = Callable[[Person, Thing | None], bool]


def _signed_in(person: Person, thing: Thing | None) -> bool:
    return person.is_authenticated


def _role(*roles: Role, on: str | None = None) -> Predicate:
    """Whoever holds one of the roles on the thing, which is of the kind `on` where one is given,
    and else one that can have people. A predicate that is asked without a thing says no.
    """
    kinds = set(Kind) if on is None else {on}

    def holds(person: Person, thing: Thing | None) -> bool:
        if thing is None or thing.kind not in kinds:
            return False
        return any(grant.role in roles and grant.covers(thing) for grant in person.grants)

    return holds


def _own(person: Person, thing: Thing | None) -> bool:
    return person.is_authenticated and thing is not None and person.id in thing.people


def _any(*predicates: Predicate) -> Predicate:
    return lambda person, thing: any(predicate(person, thing) for predicate in predicates)


def _both(predicate: Predicate) -> Predicate:
    """Whoever may do it on each part of a pair."""

    def holds(person: Person, thing: Thing | None) -> bool:
        if thing is None or thing.kind != PAIR or len(thing.parts) != 2:
            return False
        return all(predicate(person, part) for part in thing.parts)

    return holds


def _part(predicate: Predicate, of: str) -> Predicate:
    """Whoever `predicate` lets have one of the parts of a thing of the kind `of`."""

    def holds(person: Person, thing: Thing | None) -> bool:
        if thing is None or thing.kind != of:
            return False
        return any(predicate(person, part) for part in thing.parts)

    return holds


def _seat(*kinds: str) -> Predicate:
    """Whoever sits on one of these seats of a panel."""

    def holds(person: Person, thing: Thing | None) -> bool:
        if thing is None or thing.kind != BOOKING or not person.is_authenticated:
            return False
        return any(part.kind in kinds and person.id in part.people for part in thing.parts)

    return holds


def _anywhere(*roles: Role) -> Predicate:
    """Whoever holds one of the roles, whatever on: what they may do with it is asked later."""
    return lambda person, thing: any(grant.role in roles for grant in person.grants)


_ADMINISTRATORS = (Role.ORGANISATION_ADMINISTRATOR, Role.PORTAL_ADMINISTRATOR)
_OWNERS = _any(
    _role(*_ADMINISTRATORS),
    _role(Role.SERVICE_OWNER, on=Kind.SERVICE),
    _role(Role.COMPONENT_PROVIDER, on=Kind.COMPONENT),
)
_EDITORS = (Role.TEAM_MEMBER, Role.SERVICE_OWNER, *_ADMINISTRATORS)
_EDITS_SERVICE = _role(*_EDITORS, on=Kind.SERVICE)
_EDITS_COMPONENT = _role(
    Role.TEAM_MEMBER, Role.COMPONENT_PROVIDER, *_ADMINISTRATORS, on=Kind.COMPONENT
)
_EDITS_ORGANISATION = _role(*_ADMINISTRATORS, on=Kind.ORGANISATION)
_EDITS_JOURNEY = _part(_EDITS_SERVICE, JOURNEY)
_DECIDES = _part(
    _any(_EDITS_SERVICE, _EDITS_COMPONENT, _EDITS_ORGANISATION, _EDITS_JOURNEY), PROPOSAL
)
#: Those who answer for a service or component at its assessment. Who runs the portal is not one.
_TEAM = (Role.TEAM_MEMBER, Role.ORGANISATION_ADMINISTRATOR)
_BOOKS = _any(
    _role(Role.SERVICE_OWNER, *_TEAM, on=Kind.SERVICE),
    _role(Role.COMPONENT_PROVIDER, *_TEAM, on=Kind.COMPONENT),
)
_ANSWERS = _part(_BOOKS, BOOKING)


def _judges(*kinds: str) -> Predicate:
    """Whoever sits on one of these seats, and does not answer for what is judged."""
    sits, cleared = _seat(*kinds), _seat(CLEARED)
    return lambda person, thing: (
        sits(person, thing) and (cleared(person, thing) or not _ANSWERS(person, thing))
    )


_RUNS = _role(Role.ASSURANCE_TEAM, on=BOOKING)
#: The whole policy. A permission without a row here is held by nobody.
POLICY: dict[Permission, Predicate] = {
    Permission.USE_ACCOUNT: _signed_in,
    Permission.REGISTER_SERVICE: _signed_in,
    Permission.PROPOSE_CHANGE: _signed_in,
    Permission.SEE_PROPOSAL: _any(_own, _DECIDES),
    Permission.DECIDE_PROPOSAL: _DECIDES,
    Permission.WITHDRAW_PROPOSAL: _own,
    Permission.EDIT_SERVICE: _EDITS_SERVICE,
    Permission.EDIT_JOURNEY: _EDITS_JOURNEY,
    # On a service that they may edit: which is asked when it is added.
    Permission.ADD_JOURNEY: lambda person, thing: any(
        grant.role in _EDITORS and grant.kind is not Kind.COMPONENT for grant in person.grants
    ),
    Permission.PUBLISH_SERVICE: _role(*_ADMINISTRATORS, on=Kind.SERVICE),
    Permission.WITHDRAW_SERVICE: _role(Role.SERVICE_OWNER, *_ADMINISTRATORS, on=Kind.SERVICE),
    Permission.SEE_REGISTRATION: _any(_own, _role(*_ADMINISTRATORS, on=REGISTRATION)),
    Permission.EDIT_REGISTRATION: _own,
    Permission.DECIDE_REGISTRATION: _role(*_ADMINISTRATORS, on=REGISTRATION),
    Permission.EDIT_COMPONENT: _EDITS_COMPONENT,
    Permission.EDIT_ORGANISATION: _EDITS_ORGANISATION,
    Permission.SEE_PEOPLE: _any(_OWNERS, _role(Role.TEAM_MEMBER)),
    Permission.MANAGE_PEOPLE: _OWNERS,
    Permission.MANAGE_PERSON: _role(*_ADMINISTRATORS, on=PERSON),
    # Whoever may edit a record answers for it; for other pages, the portal's people.
    Permission.ANSWER_PROBLEMS: _any(
        _EDITS_SERVICE,
        _EDITS_COMPONENT,
        _EDITS_ORGANISATION,
        _role(Role.PORTAL_ADMINISTRATOR, on=Kind.PORTAL),
    ),
    Permission.MANAGE_PORTAL: lambda person, thing: _role(Role.PORTAL_ADMINISTRATOR)(
        person, PORTAL
    ),
    Permission.DECIDE_DUPLICATE: _both(_role(*_ADMINISTRATORS)),
    Permission.RECORD_SPEND: _any(_EDITS_SERVICE, _EDITS_ORGANISATION),
    # Whoever may edit a service or component answers for its data sets; for those of neither, the
    # portal's people.
    Permission.KEEP_FIGURES: _any(
        _EDITS_SERVICE, _EDITS_COMPONENT, _role(Role.PORTAL_ADMINISTRATOR, on=Kind.PORTAL)
    ),
    # Exemptions from mandates, and spend: for all of government, so no body lets itself off.
    Permission.DECIDE_REQUESTS: lambda person, thing: _role(
        Role.ASSURANCE_TEAM, Role.PORTAL_ADMINISTRATOR
    )(person, PORTAL),
    # One of an organisation of theirs, or of the portal: which is asked when it is added.
    Permission.ADD_STANDARD: lambda person, thing: any(
        grant.role in _ADMINISTRATORS for grant in person.grants
    ),
    Permission.EDIT_STANDARD: _role(*_ADMINISTRATORS, on=STANDARD),
    # Everybody's, on the portal; an organisation's own, on that. Runs with them as well.
    Permission.KEEP_ASSUMPTIONS: _any(
        _role(Role.PORTAL_ADMINISTRATOR, on=Kind.PORTAL), _EDITS_ORGANISATION
    ),
    # Which organisation a published name means, for everything that carries it.
    Permission.DECIDE_NAME: lambda person, thing: _role(
        Role.ASSURANCE_TEAM, Role.PORTAL_ADMINISTRATOR
    )(person, PORTAL),
    # What past reports say, and which services they are about.
    Permission.DECIDE_REPORTS: lambda person, thing: _role(
        Role.ASSURANCE_TEAM, Role.PORTAL_ADMINISTRATOR
    )(person, PORTAL),
    # What the portal said on a day, for as long as there is a portal.
    Permission.FREEZE_REPORT: lambda person, thing: _role(
        Role.ASSURANCE_TEAM, Role.LEADERSHIP, Role.PORTAL_ADMINISTRATOR
    )(person, PORTAL),
    # What reports find in all of government.
    Permission.DECIDE_FINDINGS: lambda person, thing: _role(
        Role.ASSURANCE_TEAM, Role.PORTAL_ADMINISTRATOR
    )(person, PORTAL),
    Permission.BOOK_ASSESSMENT: _BOOKS,
    Permission.ANSWER_FOR_BOOKING: _ANSWERS,
    Permission.RUN_BOOKING: _RUNS,
    Permission.EDIT_BOOKING: _any(_ANSWERS, _RUNS),
    Permission.LEAD_PANEL: _judges(LEAD),
    Permission.SIT_ON_PANEL: _judges(ASSESSOR),
    Permission.JOIN_PANEL: _seat(INVITED),
    Permission.OBSERVE_PANEL: _judges(OBSERVER),
    Permission.HAVE_SEAT: _seat(LEAD, ASSESSOR, INVITED, OBSERVER),
    Permission.WRITE_REPORT: _judges(LEAD, ASSESSOR),
    # With who wrote what; the team reads the report when it is sent to them.
    Permission.READ_DRAFT: _any(_RUNS, _judges(LEAD, ASSESSOR)),
    Permission.SEE_BOOKING: _any(_ANSWERS, _RUNS, _seat(LEAD, ASSESSOR, INVITED, OBSERVER)),
    # Which bookings, is asked of each.
    Permission.RUN_ASSESSMENTS: _anywhere(Role.ASSURANCE_TEAM),
    # Of an organisation, or with the portal as the thing of all of them.
    Permission.HOLD_ASSESSMENTS_HOW: _any(
        _role(Role.ASSURANCE_TEAM, on=Kind.PORTAL),
        _role(Role.ASSURANCE_TEAM, Role.ORGANISATION_ADMINISTRATOR, on=Kind.ORGANISATION),
    ),
    Permission.ASSESS: _anywhere(Role.ASSESSOR),
    Permission.DECIDE_MENTION: _any(
        _part(_any(_EDITS_SERVICE, _EDITS_COMPONENT), MENTION),
        _role(Role.ASSURANCE_TEAM, Role.PORTAL_ADMINISTRATOR, on=MENTION),
    ),
}


def may(person: Person, permission: Permission, thing: Thing | None = None) -> bool:
    """True where the policy lets `person` use `permission` (on `thing`, where it needs one)."""
    predicate = POLICY.get(permission)
    return predicate is not None and predicate(person, thing)
