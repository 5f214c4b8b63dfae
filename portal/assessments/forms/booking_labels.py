"""What pages call the closed lists of bookings, and what each state waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.assessments.forms.booking_answers import TITLES
from portal.assessments.forms.standards import pinned_words
from portal.assessments.rules.booking_tasks import Task
from portal.catalogue.forms import labels
from portal.catalogue.forms.history_words import Change, Document, Line
from portal.catalogue.forms.labels import label
from portal.web.filters import long_date, moment
from portal.web.i18n import _, lazy

LABELS: Mapping[str, Mapping[str, str]] = {
    "booking_state": {
        "draft": lazy("Draft"),
        "submitted": lazy("Submitted"),
        "rejected": lazy("Rejected"),
        "accepted": lazy("Accepted"),
        "panel_forming": lazy("Panel being formed"),
        "panel_ready": lazy("Panel ready"),
        "assessed": lazy("Assessed"),
        "drafting": lazy("Report being written"),
        "assurance_check": lazy("Assurance check"),
        "team_review": lazy("Team review"),
        "panel_amends": lazy("Panel answers the team"),
        "ready_to_publish": lazy("Ready to publish"),
        "published": lazy("Published"),
        "unpublished": lazy("No longer published"),
        "closed_unpublished": lazy("Closed without publication"),
        "postponed": lazy("Postponed"),
        "withdrawn": lazy("Withdrawn"),
        "stopped": lazy("Service stopped"),
    },
    "booking_next": {
        "draft": lazy("The service’s team completes the booking and submits it."),
        "submitted": lazy("The assurance team accepts the booking, or rejects it with a reason."),
        "rejected": lazy("The team can change the booking and submit it again."),
        "accepted": lazy("The assurance team sets the day and begins to form a panel."),
        "panel_forming": lazy("The assurance team fills the seats, and everybody on the panel says"
                              " whether they have a conflict of interest."),
        "panel_ready": lazy("The panel meets the team on the day of the assessment."),
        "assessed": lazy("The lead assessor begins the report."),
        "drafting": lazy("The panel writes the report, and the lead assessor sends it to be"
                         " checked."),
        "assurance_check": lazy("The assurance team checks the report before the team reads it."),
        "team_review": lazy("The team accepts the report, or challenges paragraphs of it."),
        "panel_amends": lazy("The panel answers each challenge."),
        "ready_to_publish": lazy("The assurance team publishes the report."),
        "published": lazy("The team works on the actions that follow from the report."),
        "unpublished": lazy("The assurance team can publish the report again."),
        "closed_unpublished": lazy("The team works on the actions that follow from the report."),
        "postponed": lazy("The team or the assurance team says when it goes on."),
        "withdrawn": lazy("Nothing more happens."),
        "stopped": lazy("Nothing more happens: the service was stopped."),
    },
    "booking_move": {
        "submit": lazy("Submit the booking"),
        "accept": lazy("Accept the booking"),
        "reject": lazy("Reject the booking"),
        "reopen": lazy("Open it again"),
        "revise": lazy("Change it and submit it again"),
        "form_panel": lazy("Form a panel"),
        "confirm_panel": lazy("Confirm the panel"),
        "reform_panel": lazy("Change the panel"),
        "hold": lazy("Say that it was held"),
        "not_held": lazy("Say that it was not held"),
        "start_report": lazy("Begin the report"),
        "unlock": lazy("Open the report again for the panel"),
        "send_to_check": lazy("Send the report to be checked"),
        "return_to_panel": lazy("Give it back to the panel"),
        "send_to_team": lazy("Send the report to the team"),
        "challenge": lazy("Send the challenges"),
        "answer_challenge": lazy("Send the answers"),
        "accept_report": lazy("Accept the report"),
        "time_runs_out": lazy("The time to answer ran out"),
        "publish": lazy("Publish the report"),
        "close_unpublished": lazy("Close it without publication"),
        "correct": lazy("Correct the report"),
        "unpublish": lazy("Take the report back"),
        "publish_again": lazy("Publish it again"),
        "postpone": lazy("Postpone it"),
        "resume": lazy("Go on with it"),
        "withdraw": lazy("Withdraw it"),
        "stop": lazy("Stop it: the service is stopped"),
    },
    "booking_part": {
        "team": lazy("Service team"),
        "assurance": lazy("Assurance team"),
        "lead": lazy("Lead assessor"),
        "assessor": lazy("Assessor"),
        "invited": lazy("Invited to the panel"),
        "observer": lazy("Observer"),
        "system": lazy("The portal"),
    },
    "panel_by": {
        "cross_government": lazy("Assessors from across government"),
        "organisation": lazy("The organisation’s own assessors"),
    },
    "contact_role": {
        "senior_responsible_owner": lazy("Senior responsible owner"),
        "service_owner": lazy("Service owner"),
        "product_manager": lazy("Product manager"),
        "delivery_manager": lazy("Delivery manager"),
    },
    "clock": {
        "report": lazy("The report is due"),
        "check": lazy("The check is due"),
        "answer": lazy("The team’s answer is due"),
    },
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "reference": lazy("Reference"),
    "state": lazy("State"),
    "resumes": lazy("Goes on from"),
    "name": lazy("Name"),
    "purpose": lazy("What it is for"),
    "stage": lazy("Stage"),
    "kind": lazy("Kind of assessment"),
    "confidential": lazy("Confidential"),
    "project_code_known": lazy("The project code is known"),
    "project_code": lazy("Project code"),
    "discovery_on": lazy("Discovery began"),
    "phase_start": lazy("The phase begins"),
    "phase_end_known": lazy("The end of the phase is known"),
    "phase_end": lazy("The phase ends"),
    "weeks": lazy("Weeks that suit the team, from"),
    "panel_by": lazy("Who assesses"),
    "submitted_at": lazy("Submitted"),
    "held_on": lazy("Day of the assessment"),
    "scheme": lazy("Words of the ratings"),
    "pinned_because": lazy("Why this version of the standard"),
    "result": lazy("Result"),
    "result_verbatim": lazy("Result in the words of the scheme"),
    "result_reason": lazy("Why the result differs from the points"),
    "decided_at": lazy("Decided"),
    "report_slug": lazy("Address of the report"),
    "contacts": lazy("People named"),
    "artefacts": lazy("Documents for the panel"),
    "sessions": lazy("Sessions"),
    "artefacts_answered": lazy("The documents for the panel are all there"),
    "access_needs_answered": lazy("What people who take part need is said"),
    "task": lazy("Answered again"),
}
_OF = {
    "state": "booking_state", "resumes": "booking_state", "stage": "assessment_stage",
    "kind": "assessment_kind", "panel_by": "panel_by", "scheme": "rating_scheme",
    "result": "assessment_result", "contacts": "contact_role",
}  # fmt: skip
_DAYS = ("discovery_on", "phase_start", "phase_end", "held_on", "weeks")
_MOMENTS = ("submitted_at", "decided_at")
COLOURS = {
    "draft": "grey", "submitted": "blue", "rejected": "red", "postponed": "yellow",
    "published": "green", "withdrawn": "grey", "stopped": "grey", "unpublished": "red",
    "closed_unpublished": "grey",
}  # fmt: skip


def colour(state: object) -> str:
    """The colour of the tag of a state, which always says the word as well."""
    return COLOURS.get(str(state), "turquoise")


def teach() -> None:
    """Add these words to those of the catalogue."""
    labels.add(LABELS)


def in_words(before: Document, after: Document) -> list[Change]:
    """What a change of a booking did, a field at a time. What is not of its own words, such as
    the id of a row, is left out.
    """
    found = []
    for field in dict.fromkeys([*before, *after]):
        old, new = (_lines(field, said.get(field)) for said in (before, after))
        if isinstance(before.get(field, after.get(field)), list):
            old, new = [x for x in old if x not in new], [x for x in new if x not in old]
        if field in FIELDS and old != new:
            found.append(Change(str(FIELDS[field]), old, new))
    return found


def _lines(field: str, value: Any) -> list[Line]:
    items = value if isinstance(value, list) else [value]
    return [Line(_said(field, item)) for item in items if item not in (None, "")]


def _said(field: str, value: Any) -> str:
    if field in _OF:
        return label(value, _OF[field])
    if field == "pinned_because":
        return pinned_words(str(value))
    if field == "task":
        return str(TITLES[Task(value)])
    if field in _DAYS:
        return long_date(date.fromisoformat(value))
    if field in _MOMENTS:
        return moment(datetime.fromisoformat(value))
    if field == "sessions":
        day = long_date(date.fromisoformat(value["held_on"]))
        return _("%(day)s at %(time)s", day=day, time=value["starts"])
    if field == "artefacts":
        return str(value["description"])
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)
