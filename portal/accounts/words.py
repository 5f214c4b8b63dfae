"""The closed lists of accounts. Roles and what they are granted on are in portal/access.py."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """How a session began."""

    LINK = "link"
    OPENID_CONNECT = "openid_connect"


class Profession(StrEnum):
    """What an assessor can judge, in the order that pages list them."""

    PRODUCT = "product"
    USER_RESEARCH = "user_research"
    DESIGN = "design"
    TECHNOLOGY = "technology"
    PERFORMANCE = "performance"
    ACCESSIBILITY = "accessibility"


class RequestState(StrEnum):
    """What became of somebody's request to join."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class LinkState(StrEnum):
    """What a sign-in link is good for now."""

    READY = "ready"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    CLOSED = "closed"


class NotIn(StrEnum):
    """Why somebody is not signed in after their organisation's own sign-in."""

    FAILED = "failed"
    REFUSED = "refused"
    NO_EMAIL = "no_email"
    NOT_VERIFIED = "not_verified"
    OTHER_DOMAIN = "other_domain"
    NO_ORGANISATION = "no_organisation"
    CLOSED = "closed"
