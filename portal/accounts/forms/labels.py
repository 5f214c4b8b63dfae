"""What pages call the closed lists of accounts."""

from __future__ import annotations

from enum import StrEnum

from portal.access import Kind, Role
from portal.accounts.words import Method, Profession, RequestState
from portal.web.i18n import lazy

LABELS: dict[str, dict[StrEnum, str]] = {
    "role": {
        Role.TEAM_MEMBER: lazy("Team member"),
        Role.SERVICE_OWNER: lazy("Service owner"),
        Role.COMPONENT_PROVIDER: lazy("Component provider"),
        Role.ASSESSOR: lazy("Assessor"),
        Role.ASSURANCE_TEAM: lazy("Assurance team"),
        Role.ORGANISATION_ADMINISTRATOR: lazy("Organisation administrator"),
        Role.PORTAL_ADMINISTRATOR: lazy("Portal administrator"),
        Role.LEADERSHIP: lazy("Leadership"),
    },
    "role_means": {
        Role.TEAM_MEMBER: lazy("Edits the records"),
        Role.SERVICE_OWNER: lazy("Edits the records of services, and says who is in their teams"),
        Role.COMPONENT_PROVIDER: lazy(
            "Edits the records of components, and says who is in their teams"
        ),
        Role.ASSESSOR: lazy("Sits on panels, in their professions"),
        Role.ASSURANCE_TEAM: lazy("Arranges and checks assessments"),
        Role.ORGANISATION_ADMINISTRATOR: lazy(
            "Edits and publishes all that the organisation owns, and says who may do what there"
        ),
        Role.PORTAL_ADMINISTRATOR: lazy("May do everything, in shorter sessions"),
        Role.LEADERSHIP: lazy("Reads drafts of reports"),
    },
    "kind": {
        Kind.PORTAL: lazy("The whole portal"),
        Kind.ORGANISATION: lazy("Organisation"),
        Kind.SERVICE: lazy("Service"),
        Kind.COMPONENT: lazy("Component"),
    },
    "method": {
        Method.LINK: lazy("Emailed link"),
        Method.OPENID_CONNECT: lazy("Your organisation’s sign-in"),
    },
    "profession": {
        Profession.PRODUCT: lazy("Product and delivery"),
        Profession.USER_RESEARCH: lazy("User research"),
        Profession.DESIGN: lazy("Design"),
        Profession.TECHNOLOGY: lazy("Technology"),
        Profession.PERFORMANCE: lazy("Performance analysis"),
        Profession.ACCESSIBILITY: lazy("Accessibility"),
    },
    "request": {
        RequestState.WAITING: lazy("Waiting"),
        RequestState.ACCEPTED: lazy("Accepted"),
        RequestState.REFUSED: lazy("Refused"),
    },
}


def labels(what: str) -> dict[StrEnum, str]:
    """The members of a list with what pages call them."""
    return LABELS[what]


def label(value: StrEnum, what: str) -> str:
    """What pages call a member of a list."""
    return LABELS[what][value]
