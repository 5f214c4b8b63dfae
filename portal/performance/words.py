"""The closed lists of performance data: stored by value, shown by label."""

from __future__ import annotations

from enum import StrEnum


class Period(StrEnum):
    """How long each value of a data set covers. A year is any 12 months."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class SetKind(StrEnum):
    """What a data set is of: its schema and its figures follow (rules/kinds.py)."""

    TRANSACTIONS = "transactions"
    VOLUMES = "volumes"
    COMPLETION = "completion"
    SATISFACTION = "satisfaction"
    COST = "cost"
    OUTCOMES = "outcomes"
    CALLS = "calls"
    COMPONENT_VOLUMES = "component_volumes"
    OWN = "own"


class Unit(StrEnum):
    """What a measure counts in."""

    COUNT = "count"
    POUNDS = "pounds"
    PERCENT = "percent"
    SECONDS = "seconds"
    SCORE = "score"


class ValueState(StrEnum):
    """A number, or why there is none. None of the others is ever 0."""

    NUMBER = "number"
    NOT_PROVIDED = "not_provided"
    NOT_APPLICABLE = "not_applicable"
    NOT_COLLECTED = "not_collected"
    SUPPRESSED = "suppressed"


class ValueStatus(StrEnum):
    """How far a value is: revised ones take the place of one that was published."""

    PROVISIONAL = "provisional"
    PUBLISHED = "published"
    REVISED = "revised"


class Way(StrEnum):
    """How values came in."""

    API = "api"
    FORM = "form"
    FILE = "file"
    LINK = "link"
    COLLECTED = "collected"
    IMPORT = "import"


class Doubt(StrEnum):
    """What is strange about a value. It is kept as it was sent, and marked."""

    DIGITAL_ABOVE_TOTAL = "digital_above_total"
    QUARTERS_DIFFER = "quarters_differ"


class Figure(StrEnum):
    """What is known of a service or component for a period, whichever data set it is from."""

    TRANSACTIONS = "transactions"
    DIGITAL = "digital"
    STARTED = "started"
    COMPLETED = "completed"
    RATINGS = "ratings"
    RATING_POINTS = "rating_points"
    COST = "cost"
    UNIT_COST = "unit_cost"
    PROCESSED = "processed"
    INTENDED = "intended"
    CALLS = "calls"
    VOLUME = "volume"
    POUNDS = "pounds"


class Kpi(StrEnum):
    """The four indicators of the Service Standard: each is one figure over another."""

    COST_PER_TRANSACTION = "cost_per_transaction"
    DIGITAL_TAKE_UP = "digital_take_up"
    COMPLETION_RATE = "completion_rate"
    USER_SATISFACTION = "user_satisfaction"


class DueState(StrEnum):
    """How far a data set is up to date."""

    OVERDUE = "overdue"
    SOON = "soon"
    ON_TIME = "on_time"
    UNDATED = "undated"
    CLOSED = "closed"


class CollectedFormat(StrEnum):
    """What stands at an address that the portal collects from."""

    JSON = "json"
    CSV = "csv"


class CollectedOutcome(StrEnum):
    """How a collection went. Nothing is kept where it failed, nor where nothing had changed."""

    KEPT = "kept"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class CollectedTrouble(StrEnum):
    """Why a collection failed: those of fetching first, then what is wrong with what was read."""

    ADDRESS = "address"
    NO_NAME = "no_name"
    NOT_PUBLIC = "not_public"
    NO_CONNECTION = "no_connection"
    CERTIFICATE = "certificate"
    TOO_SLOW = "too_slow"
    REDIRECT = "redirect"
    STATUS = "status"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    NO_JSON = "no_json"
    NO_CSV = "no_csv"
    TOO_MANY = "too_many"
    RECORDS = "records"


class Fault(StrEnum):
    """What is wrong with a record that was collected. None of these says what stands there."""

    NO_RECORD = "no_record"
    CELLS = "cells"
    MISSING = "missing"
    NOT_TAKEN = "not_taken"
    UNKNOWN = "unknown"
    PERSONAL = "personal"
    TWICE = "twice"


class HostState(StrEnum):
    """What administrators decided of a host. Those that wait for them come first."""

    WAITING = "waiting"
    ALLOWED = "allowed"
    REFUSED = "refused"


class Reminder(StrEnum):
    """What was sent of figures that are due."""

    COMING = "coming"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
