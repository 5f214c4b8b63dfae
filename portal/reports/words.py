"""The closed lists of reports: stored by value, shown by label."""

from __future__ import annotations

from enum import StrEnum


class Column(StrEnum):
    """Where an amount stands. The three are never one sum: what is avoided is not cash."""

    CASH = "cash"
    NON_CASH = "non_cash"
    COST = "cost"


class ClaimKind(StrEnum):
    """What a line of a savings run is for."""

    BUILD_AVOIDED = "build_avoided"
    RUN_AVOIDED = "run_avoided"
    VOLUME_AVOIDED = "volume_avoided"
    RUN_REPLACED = "run_replaced"
    VOLUME_REPLACED = "volume_replaced"
    INTEGRATION = "integration"
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
