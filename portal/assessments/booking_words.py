"""The closed lists of assessments that are being held: stored by value, shown by label."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """How far a booking is; rules/workflow.py has every move between them."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    PANEL_FORMING = "panel_forming"
    PANEL_READY = "panel_ready"
    ASSESSED = "assessed"
    DRAFTING = "drafting"
    ASSURANCE_CHECK = "assurance_check"
    TEAM_REVIEW = "team_review"
    PANEL_AMENDS = "panel_amends"
    READY_TO_PUBLISH = "ready_to_publish"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    CLOSED_UNPUBLISHED = "closed_unpublished"
    POSTPONED = "postponed"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Move(StrEnum):
    """What is done to a booking that changes, or confirms, how far it is."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    REOPEN = "reopen"
    REVISE = "revise"
    FORM_PANEL = "form_panel"
    CONFIRM_PANEL = "confirm_panel"
    REFORM_PANEL = "reform_panel"
    HOLD = "hold"
    NOT_HELD = "not_held"
    START_REPORT = "start_report"
    UNLOCK = "unlock"
    SEND_TO_CHECK = "send_to_check"
    RETURN_TO_PANEL = "return_to_panel"
    SEND_TO_TEAM = "send_to_team"
    CHALLENGE = "challenge"
    ANSWER_CHALLENGE = "answer_challenge"
    ACCEPT_REPORT = "accept_report"
    TIME_RUNS_OUT = "time_runs_out"
    PUBLISH = "publish"
    CLOSE_UNPUBLISHED = "close_unpublished"
    CORRECT = "correct"
    UNPUBLISH = "unpublish"
    PUBLISH_AGAIN = "publish_again"
    POSTPONE = "postpone"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    STOP = "stop"


class Part(StrEnum):
    """What somebody is to a booking. One person can be several. Who is invited to a panel has
    not yet said that they have no conflict of interest.
    """

    TEAM = "team"
    ASSURANCE = "assurance"
    LEAD = "lead"
    ASSESSOR = "assessor"
    INVITED = "invited"
    OBSERVER = "observer"
    SYSTEM = "system"


class PanelBy(StrEnum):
    """Whose assessors sit on a panel."""

    CROSS_GOVERNMENT = "cross_government"
    ORGANISATION = "organisation"


class ContactRole(StrEnum):
    """Who answers for a service at its assessment."""

    SENIOR_RESPONSIBLE_OWNER = "senior_responsible_owner"
    SERVICE_OWNER = "service_owner"
    PRODUCT_MANAGER = "product_manager"
    DELIVERY_MANAGER = "delivery_manager"


class Nation(StrEnum):
    """Whose bank holidays are no working days."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class SeatRole(StrEnum):
    """What a seat on a panel is for."""

    LEAD = "lead"
    ASSESSOR = "assessor"
    OBSERVER = "observer"


class SeatState(StrEnum):
    """Whether somebody sits on it."""

    OPEN = "open"
    FILLED = "filled"
    LEFT = "left"


class Declaration(StrEnum):
    """What somebody on a panel says of conflicts of interest."""

    WAITING = "waiting"
    NONE = "none"
    CONFLICT = "conflict"


class Training(StrEnum):
    """How far an assessor's training is: they watch one panel, then sit beside on another."""

    NOT_BEGUN = "not_begun"
    OBSERVED = "observed"
    SHADOWED = "shadowed"
    TRAINED = "trained"


class ClockKind(StrEnum):
    """What has so many working days."""

    REPORT = "report"
    CHECK = "check"
    ANSWER = "answer"


class ChallengeState(StrEnum):
    """What the panel answered to a challenge."""

    WAITING = "waiting"
    AMENDED = "amended"
    KEPT = "kept"


class FlagKind(StrEnum):
    """What may not be for the public in a report."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    SECURITY = "security"


class FlagState(StrEnum):
    """What a person did about it."""

    REDACTED = "redacted"
    KEPT = "kept"


class VersionKind(StrEnum):
    """What a version of a published report is: a minor correction is silent."""

    FIRST = "first"
    MINOR = "minor"
    MAJOR = "major"
    AGAIN = "again"


class ActionState(StrEnum):
    """How far an action is."""

    OPEN = "open"
    EVIDENCED = "evidenced"
    CLOSED = "closed"
    ACCEPTED_RISK = "accepted_risk"
    ESCALATED = "escalated"


class EvidenceState(StrEnum):
    """What the lead assessor said of evidence."""

    WAITING = "waiting"
    ENOUGH = "enough"
    NOT_ENOUGH = "not_enough"
