"""The closed lists of assessments: stored by value, shown by label."""

from __future__ import annotations

from enum import StrEnum


class VersionState(StrEnum):
    """Whether the points of a standard can still be changed: once published, never again."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Stage(StrEnum):
    """Which phase an assessment concludes, or that it looks at a live service again."""

    DISCOVERY = "discovery"
    ALPHA = "alpha"
    BETA = "beta"
    LIVE = "live"
    LIVE_REVIEW = "live_review"
    UNKNOWN = "unknown"


class AssessmentKind(StrEnum):
    """How an assessment of a stage was held."""

    ASSESSMENT = "assessment"
    REASSESSMENT = "reassessment"
    AMBER_REVIEW = "amber_review"
    SELF_CERTIFICATION = "self_certification"
    PEER_REVIEW = "peer_review"
    MOCK = "mock"
    VOLUNTARY = "voluntary"


class RatingScheme(StrEnum):
    """The words in which an assessment rates: they are kept, and never turned into older ones."""

    PASS_FAIL = "pass_fail"  # noqa: S105  no password
    MET = "met"
    RAG = "rag"


class Rating(StrEnum):
    """The class of a rating or a result, whatever the words of its scheme."""

    MET = "met"
    MET_WITH_CONDITIONS = "met_with_conditions"
    NOT_MET = "not_met"
    NOT_RATED = "not_rated"


class CheckState(StrEnum):
    """Whether a person has looked at what an import was not sure of."""

    OPEN = "open"
    RIGHT = "right"
    CORRECTED = "corrected"


class ServiceMatch(StrEnum):
    """How an assessment came to the service that it is of."""

    WAITING = "waiting"
    SURE = "sure"
    DECIDED = "decided"
    NO_MATCH = "no_match"


class FindingState(StrEnum):
    """What a person said of a sentence that may tell what is commonly broken."""

    SUGGESTED = "suggested"
    GROUPED = "grouped"
    REJECTED = "rejected"
