"""Who is told of the moves between a draft report and the public."""

from __future__ import annotations

from portal.assessments.actions import booking_mail, booking_steps
from portal.assessments.actions.booking_steps import Step
from portal.assessments.booking_words import Move, Part

_TEAM, _ASSURANCE = frozenset({Part.TEAM}), frozenset({Part.ASSURANCE})
_PANEL = frozenset({Part.LEAD, Part.ASSESSOR})
_ALL = _TEAM | _ASSURANCE | _PANEL
#: Whom a move concerns, and what they read: no word of what the report says.
NEWS: dict[Move, tuple[frozenset[Part], str]] = {
    Move.SEND_TO_CHECK: (_ASSURANCE, "The draft report is ready to be checked."),
    Move.RETURN_TO_PANEL: (_PANEL, "The draft report is back with the panel."),
    Move.SEND_TO_TEAM: (
        _TEAM | _PANEL, "The draft report is with the team, to be accepted or challenged.",
    ),
    Move.CHALLENGE: (_PANEL | _ASSURANCE, "The team challenges the draft report."),
    Move.ANSWER_CHALLENGE: (_TEAM | _ASSURANCE, "The panel has answered what was challenged."),
    Move.ACCEPT_REPORT: (_ASSURANCE | _PANEL, "The team accepts the report."),
    Move.TIME_RUNS_OUT: (
        _ALL, "The time to challenge the report is over. It is ready to be published.",
    ),
    Move.PUBLISH: (_TEAM | _PANEL, "The report is published."),
    Move.CLOSE_UNPUBLISHED: (_TEAM | _PANEL, "The assessment is closed without being published."),
    Move.CORRECT: (_TEAM | _PANEL, "The published report is corrected."),
    Move.UNPUBLISH: (_TEAM | _PANEL, "The report is no longer published."),
    Move.PUBLISH_AGAIN: (_TEAM | _PANEL, "The report is published again."),
}  # fmt: skip
#: Where the link of the mail leads, below the booking.
PAGES = {
    Move.SEND_TO_CHECK: "/check",
    Move.SEND_TO_TEAM: "/review",
    Move.CHALLENGE: "/review",
    Move.ANSWER_CHALLENGE: "/review",
}


@booking_steps.effect(*NEWS)
def tell(made: Step) -> None:
    """Tell whom a move concerns."""
    parts, news = NEWS[made.move]
    page = PAGES.get(made.move, "")
    booking_mail.tell(made.session, made.booking, parts, news, made.act, made.url, page)
