"""What pages call the closed lists of bookings, and what each state waits for."""

from __future__ import annotations

from collections.abc import Mapping

from portal.catalogue.forms import history_words, labels
from portal.web.i18n import lazy

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
        "start_report": lazy("Begin the report"),
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
    "clock": {
        "report": lazy("The report is due"),
        "check": lazy("The check is due"),
        "answer": lazy("The team’s answer is due"),
    },
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "state": lazy("State"),
    "resumes": lazy("Goes on from"),
    "reference": lazy("Reference"),
    "panel_by": lazy("Who assesses"),
    "confidential": lazy("Confidential"),
    "project_code_known": lazy("The project code is known"),
    "project_code": lazy("Project code"),
    "phase_start": lazy("The phase begins"),
    "phase_end_known": lazy("The end of the phase is known"),
    "phase_end": lazy("The phase ends"),
    "weeks": lazy("Weeks that suit the team"),
    "held_on": lazy("Day of the assessment"),
    "contacts": lazy("People named"),
    "artefacts": lazy("Documents for the panel"),
    "sessions": lazy("Sessions"),
    "submitted_at": lazy("Submitted"),
}
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
    of_state = LABELS["booking_state"]
    values = {"state": of_state, "resumes": of_state, "panel_by": LABELS["panel_by"]}
    history_words.teach(FIELDS, values)
