"""The closed lists of reports: stored by value, shown by label."""

from __future__ import annotations

from enum import StrEnum


class Column(StrEnum):
    """Where an amount stands. The three are never one sum: what is avoided is not cash."""

    CASH = "cash"
    NON_CASH = "non_cash"
    COST = "cost"


class ClaimKind(StrEnum):
    """What a claim of a savings run is for; each stands in one column (rules/model.py)."""

    RUN_RELEASED = "run_released"
    BUILD_AVOIDED = "build_avoided"
    RUN_AVOIDED = "run_avoided"
    VOLUME_AVOIDED = "volume_avoided"
    RUN_REPLACED = "run_replaced"
    VOLUME_REPLACED = "volume_replaced"
    INTEGRATION = "integration"
    INTEGRATION_MEASURED = "integration_measured"
    OWN_RUN = "own_run"
    EXIT = "exit"
    PRICE = "price"
    PLATFORM = "platform"


class View(StrEnum):
    """Whose money is counted.

    Of the whole government: what platforms cost is charged, what departments pay each other is
    not. Of an organisation: what it pays is charged, what platforms cost is not. Never both.
    """

    WHOLE = "whole"
    ORGANISATION = "organisation"


class SetState(StrEnum):
    """How far a version of the assumptions is; what is published never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"


class EvidenceClass(StrEnum):
    """What an assumption rests on, the strongest first."""

    MEASURED = "measured"
    PUBLISHED = "published"
    BENCHMARK = "benchmark"
    JUDGEMENT = "judgement"


class SizeBand(StrEnum):
    """How large a service is, by its transactions a year (rules/bands.py)."""

    SMALLEST = "smallest"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Assumed(StrEnum):
    """What an assumption is of: the fields of rules.model.Values."""

    BUILD = "build"
    RUN = "run"
    OWN_RUN = "own_run"
    ADDITIONALITY = "additionality"
    RELATIVE_COST = "relative_cost"
    EXIT_COST = "exit_cost"
    OPTIMISM = "optimism"
    ALTERNATIVE_PRICE = "alternative_price"
    PRICE = "price"
    DAY_RATE = "day_rate"
    PLATFORM = "platform"


class Unused(StrEnum):
    """Why something that was measured of a use is in no figure."""

    WITHOUT_PRICE = "without_price"
    WITHIN_RUN = "within_run"
    WITHOUT_DAY_RATE = "without_day_rate"


class Counted(StrEnum):
    """What a count of the reuse report is of: a way to meet a need, an answer, or services."""

    SHARED = "shared"
    OWN = "own"
    BOUGHT = "bought"
    BY_HAND = "by_hand"
    GAP = "gap"
    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    UNSAID = "unsaid"
    SERVICES = "services"


class Adopted(StrEnum):
    """What a count of adoption over time is of."""

    MET = "met"
    CONFIRMED = "confirmed"


class Way(StrEnum):
    """What a count of the duplication report is of (rules/duplication_counts.py)."""

    SHARED = "shared"
    OWN = "own"
    BOUGHT = "bought"
    ALIKE = "alike"
    OPEN = "open"
    REASONED = "reasoned"
    EXEMPT = "exempt"
    END = "end"
    BODY = "body"
    BODIES = "bodies"


class By(StrEnum):
    """What the rows of the reuse report are."""

    CAPABILITY = "capability"
    COMPONENT = "component"
    ORGANISATION = "organisation"
    SECTOR = "sector"
    PHASE = "phase"


class Basis(StrEnum):
    """Whose a service was on an earlier day: its owner and phase then, or those of today."""

    AS_IT_WAS = "as_it_was"
    RESTATED = "restated"


class RunState(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Backed(StrEnum):
    """Which use a sum of savings counts: that of the headline, or of its second line."""

    CONFIRMED = "confirmed"
    WITH_DECLARED = "with_declared"


class Rests(StrEnum):
    """What claims of savings rest on that a reader should know of."""

    WEAK = "judgement_or_benchmark"


class Old(StrEnum):
    """How long ago the source of an assumption is from (rules/assumptions.is_old)."""

    YES = "yes"


class Changed(StrEnum):
    """What happened to the use of a shared component."""

    BEGAN = "began"
    ENDED = "ended"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class Duplicated(StrEnum):
    """What of the duplication report a service stands behind."""

    SEPARATE = "separate"
    ADDRESSABLE = "addressable"
    WITH_REASON = "with_reason"
    EXEMPT = "exempt"
    OVERLAP = "overlap"
