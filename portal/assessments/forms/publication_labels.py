"""What pages call the closed lists of reports on their way to the public, and of actions."""

from __future__ import annotations

from collections.abc import Mapping

from portal.web.i18n import lazy

LABELS: Mapping[str, Mapping[str, str]] = {
    "flag_kind": {
        "name": lazy("A person’s name"),
        "email": lazy("An email address"),
        "phone": lazy("A telephone number"),
        "security": lazy("A weakness of security"),
    },
    "flag_field": {
        "reason": lazy("Why it does not apply"),
        "done_well": lazy("What the team has done well"),
        "to_explore": lazy("What the team needs to explore"),
        "result_reason": lazy("The decision"),
        "name": lazy("What the assessment is called"),
        "pinned_because": lazy("Why this version of the standard"),
        "action": lazy("Action"),
        "rating": lazy("Rating"),
        "result": lazy("Overall result"),
    },
    "challenge_state": {
        "waiting": lazy("Waits for the panel"),
        "amended": lazy("Amended"),
        "kept": lazy("Stays as it is"),
    },
    "version_kind": {
        "first": lazy("Published"),
        "minor": lazy("Minor correction"),
        "major": lazy("Correction"),
        "again": lazy("Published again"),
    },
    "action_state": {
        "open": lazy("Open"),
        "evidenced": lazy("Evidence given"),
        "closed": lazy("Closed"),
        "accepted_risk": lazy("Risk accepted"),
        "escalated": lazy("Escalated"),
    },
    "evidence_state": {
        "waiting": lazy("Waits for the lead assessor"),
        "enough": lazy("Enough"),
        "not_enough": lazy("Not enough"),
    },
    "action_age": {
        "not_due": lazy("Not due yet"),
        "overdue": lazy("Overdue up to a month"),
        "overdue_month": lazy("Overdue 1 to 3 months"),
        "overdue_quarter": lazy("Overdue more than 3 months"),
    },
    "deed": {
        "evidence": lazy("Give evidence"),
        "enough": lazy("Close it: the evidence is enough"),
        "not_enough": lazy("Say that the evidence is not enough"),
        "accept_risk": lazy("Accept the risk"),
        "escalate": lazy("Escalate it"),
        "reopen": lazy("Open it again"),
    },
    "assess_again": {
        "amber_review": lazy("Book an amber evidence review"),
        "reassessment": lazy("Book a reassessment"),
    },
}
_COLOURS = {
    "open": "blue", "evidenced": "purple", "closed": "green", "accepted_risk": "grey",
    "escalated": "red", "waiting": "yellow", "amended": "green", "kept": "grey",
    "enough": "green", "not_enough": "red",
}  # fmt: skip


def colour(state: object) -> str:
    """The colour of the tag of an action, of evidence or of a challenge."""
    return _COLOURS.get(str(state), "grey")
