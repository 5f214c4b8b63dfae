"""What pages call that which is wrong with records, and what to do about it."""

from __future__ import annotations

from portal.catalogue.words import Issue
from portal.web.i18n import lazy

#: What it is called, and what it means.
ISSUES: dict[str, tuple[str, str]] = {
    Issue.NO_OWNER: (
        lazy("No owner"),
        lazy("Nobody here has the role of its owner, so nobody is asked whether it is right."),
    ),
    Issue.UNREACHABLE: (
        lazy("The owner cannot be reached"),
        lazy("Mail to every owner came back, and none has signed in since."),
    ),
    Issue.STALE: (
        lazy("May be out of date"),
        lazy("The review was due more than 60 days ago."),
    ),
    Issue.OVERDUE: (lazy("Review overdue"), lazy("The review was due.")),
    Issue.DUE: (lazy("Due for review"), lazy("The review is due within 30 days.")),
    Issue.NEVER_CONFIRMED: (
        lazy("Never confirmed"),
        lazy("Nobody has said that everything in it is right."),
    ),
    Issue.DANGLING: (
        lazy("Points at what is no longer there"),
        lazy("It is of an organisation that has ended or none, or uses a component that closed."),
    ),
    Issue.NEEDS_UNANSWERED: (
        lazy("Questions about its needs not answered"),
        lazy("Nobody has said of each need whether and how the service meets it."),
    ),
    Issue.APIS_UNKNOWN: (
        lazy("APIs not known"),
        lazy("Nobody has said whether it offers APIs."),
    ),
    Issue.NO_USER_NEED: (lazy("No user need"), lazy("It does not say which need it meets.")),
}
WHY: dict[str, str] = {
    "no_organisation": lazy("No accountable organisation"),
    "organisation_ended": lazy("Its organisation has ended"),
    "component_closed": lazy("It uses a component that has closed"),
    "successor_closed": lazy("What takes over from it has closed"),
}
