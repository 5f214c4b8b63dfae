"""What pages call the closed lists of panels and assessors."""

from __future__ import annotations

from collections.abc import Mapping

from portal.accounts.forms import labels as account_labels
from portal.accounts.words import Profession
from portal.assessments.booking_words import SeatRole
from portal.assessments.rules.panels import Conflict, Place
from portal.assessments.store.open_seats import OpenSeat
from portal.assessments.store.panels import SeatRow
from portal.catalogue.forms import labels
from portal.catalogue.forms.labels import label
from portal.web.i18n import _, lazy

LABELS: Mapping[str, Mapping[str, str]] = {
    "seat_role": {
        "lead": lazy("Lead assessor"),
        "assessor": lazy("Assessor"),
        "observer": lazy("Observer"),
    },
    "seat_state": {"open": lazy("Open"), "filled": lazy("Filled"), "left": lazy("Left")},
    "training": {
        "not_begun": lazy("Has not watched a panel yet"),
        "observed": lazy("Has watched a panel"),
        "shadowed": lazy("Has shadowed a panel"),
        "trained": lazy("Trained"),
    },
    "declaration": {
        "waiting": lazy("Has not said yet"),
        "none": lazy("Declares no conflict"),
        "conflict": lazy("Declares a conflict"),
    },
    "panel_conflict": {
        "declared": lazy("Has declared a conflict"),
        "objection": lazy("The service’s team says that there is a conflict"),
        "team": lazy("Answers for the service"),
        "supplier": lazy("Works for a supplier of the service"),
        "organisation": lazy("Is of the same organisation as the service"),
        "earlier_lead": lazy("Led an earlier assessment of it"),
    },
    "panel_action": {
        "open": lazy("open"),
        "evidenced": lazy("the team has given evidence"),
        "escalated": lazy("escalated"),
        "accepted_risk": lazy("accepted as a risk"),
    },
    "why_not": {
        "already": lazy("Sits on this panel already"),
        "cannot_lead": lazy("Does not lead panels"),
        "profession": lazy("Is of another profession"),
        "conflict": lazy("Has a conflict of interest"),
        "nowhere": lazy("Not known where they work"),
        "not_listed": lazy("Takes no seats for now"),
        "away": lazy("Is away on the day"),
        "sits_elsewhere": lazy("Sits on another panel on the day"),
        "month_full": lazy("Sits on as many panels that month as they can"),
        "other_pool": lazy("Is of another pool of assessors"),
        "not_trained": lazy("Is not fully trained"),
    },
}
_COLOURS = {"waiting": "yellow", "none": "green", "conflict": "red"}


def teach() -> None:
    """Let pages use these words."""
    labels.add(LABELS)


def colour(declaration: object) -> str:
    """The colour of the tag of a declaration, which is always named as well."""
    return _COLOURS.get(str(declaration), "grey")


def place_name(place: Place) -> str:
    """What a place on a panel is called."""
    if place.role is not SeatRole.ASSESSOR:
        return label(place.role, "seat_role")
    return profession(place.profession) if place.profession else _("One more assessor")


def profession(value: Profession) -> str:
    """What a profession is called."""
    return str(account_labels.label(value, "profession"))


def seat_name(role: SeatRole, of: Profession | None) -> str:
    """What a seat is called."""
    name = label(role, "seat_role")
    if role is not SeatRole.ASSESSOR or of is None:
        return name
    return _("%(role)s, %(profession)s", role=name, profession=profession(of).lower())


def seat_of(row: SeatRow | OpenSeat) -> str:
    """The same of a row, for templates."""
    return seat_name(row.role, row.profession)


def conflict_name(conflict: Conflict) -> str:
    """What a conflict is called."""
    return label(conflict.kind, "panel_conflict")
