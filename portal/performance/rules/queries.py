"""What somebody asks of the records of a data set, and what is wrong with that, in the words that
clients know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from portal.performance.rules import moments

#: Parameters by name; all values that each was sent with.
Args = Mapping[str, Sequence[str]]

ALLOWED = frozenset(
    {
        "start_at", "end_at", "duration", "period", "group_by", "collect", "filter_by",
        "filter_by_prefix", "sort_by", "limit", "flatten", "inclusive", "format",
    }
)  # fmt: skip
METHODS = ("sum", "count", "set", "mean")
#: What a field is collected by without a word: its values, also under the field's own name.
DEFAULT = "default"
PERIODS = list(moments.STARTS)
_GROUPING, _ENDS = ["group_by", "period"], ["start_at", "end_at"]
_KEY = re.compile(r"[a-z_][a-z0-9_]+")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[+-][0-9]{2}:?[0-9]{2}|Z)"
)
#: Periods before and after the range have first days as well.
_YEARS = range(1000, 9000)
#: Records of one week at least, where nobody may see single ones.
SPAN = timedelta(days=7)


class WrongQuery(Exception):
    """It cannot be answered; says why, to the program."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked.

    Attributes:
        start: the first moment.
        end: the moment before which; or up to which, where it is `inclusive`.
        delta: how many periods before (negative) or after the moment asked for, by which the
            range moves to where there is something; 0 where it stays.
        period: an hour or longer; None where nothing is gathered by time.
        filters: fields and the texts or booleans that they must be.
        prefixes: fields and what their texts must begin with.
        group_by: fields.
        sort: a field, and whether from the highest.
        limit: how many at most.
        collect: fields and how they are put together.
        flatten: one row each, and no lists in lists.
        inclusive: see `end`.
        csv: as a file for spreadsheets.
    """

    start: datetime | None = None
    end: datetime | None = None
    delta: int = 0
    period: str | None = None
    filters: tuple[tuple[str, str | bool], ...] = ()
    prefixes: tuple[tuple[str, str], ...] = ()
    group_by: tuple[str, ...] = ()
    sort: tuple[str, bool] | None = None
    limit: int | None = None
    collect: tuple[tuple[str, str], ...] = ()
    flatten: bool = False
    inclusive: bool = False
    csv: bool = False

    @property
    def grouped(self) -> bool:
        """Whether records are put together, and none is told by itself."""
        return bool(self.group_by or self.period)


def read(args: Args, raw_allowed: bool, now: datetime) -> Query:
    """What is asked.

    Args:
        args: the parameters as they came.
        raw_allowed: whether single records may be told.
        now: up to when a duration lasts that says nothing else.

    Raises:
        WrongQuery: with the first thing that is wrong.
    """
    for check in _CHECKS:
        check(args)
    if not raw_allowed:
        _check_protected(args)
    start, end = (_moment(args, name) for name in ("start_at", "end_at"))
    period, delta = _one(args, "period"), 0
    if period and (many := _one(args, "duration")):
        delta = int(many) if start else -int(many)
        start, end = _range(period, start or end or now, delta)
    return Query(
        start, end, delta, period,
        tuple((key, _BOOLEANS.get(value, value)) for key, value in _pairs(args, "filter_by")),
        tuple(_pairs(args, "filter_by_prefix")),
        tuple(dict.fromkeys(args.get("group_by", ()))),
        _sort(args),
        int(_one(args, "limit") or 0) or None,
        tuple(dict.fromkeys(map(_collected, args.get("collect", ())))),
        _one(args, "flatten") == "true",
        _one(args, "inclusive") == "true",
        _one(args, "format") == "csv",
    )  # fmt: skip


_BOOLEANS: dict[str, str | bool] = {"true": True, "false": False}


def _one(args: Args, name: str) -> str | None:
    values = args.get(name)
    return values[0] if values else None


def _moment(args: Args, name: str) -> datetime | None:
    text = _one(args, name)
    return moments.read(text) if text is not None else None


def _pairs(args: Args, name: str) -> list[tuple[str, str]]:
    pairs = [each.partition(":") for each in args.get(name, ())]
    return [(key, value) for key, _, value in pairs]


def _sort(args: Args) -> tuple[str, bool] | None:
    text = _one(args, "sort_by")
    if text is None:
        return None
    key, _, direction = text.rpartition(":")
    return key, direction == "descending"


def _collected(text: str) -> tuple[str, str]:
    key, _, method = text.partition(":")
    return key, method or DEFAULT


def _range(period: str, at: datetime, delta: int) -> tuple[datetime, datetime]:
    try:
        start = moments.start_of(period, at)
        ends = (start, moments.later(period, start, delta))
    except (ValueError, OverflowError):
        raise WrongQuery("'duration' is too long") from None
    return min(ends), max(ends)


def _check_names(args: Args) -> None:
    if set(args) - ALLOWED:
        raise WrongQuery("An unrecognised parameter was provided")


def _check_series(args: Args) -> None:
    if "period" not in args:
        return
    if "duration" not in args and not ("start_at" in args and "end_at" in args):
        raise WrongQuery(
            "Either 'duration' or both 'start_at' and 'end_at' are required for a period query"
        )
    if "limit" in args and "group_by" not in args:
        raise WrongQuery(
            "A period query can only be limited if it is grouped - please add 'group_by'"
        )


def _check_moments(args: Args) -> None:
    for name in ("start_at", "end_at"):
        text = _one(args, name)
        if text is None:
            continue
        at = moments.read(text) if _MOMENT.fullmatch(text) else None
        if at is None or at.year not in _YEARS:
            raise WrongQuery(f"{name} is not a valid datetime")


def _check_filters(args: Args) -> None:
    for name in ("filter_by", "filter_by_prefix"):
        for text in args.get(name, ()):
            if ":" not in text:
                raise WrongQuery(
                    f"{name} must be a field name and value separated by a colon (:) "
                    "eg. authority:Westminster"
                )
            _check_key(text.partition(":")[0], "Cannot filter by an invalid field name")
    if "filter_by" in args and "filter_by_prefix" in args:
        raise WrongQuery("Cannot use both filter_by and filter_by_prefix in the same query")


def _check_key(key: str, message: str) -> None:
    if not _KEY.fullmatch(key.lower()) or not key.isascii():
        raise WrongQuery(message)


def _check_period(args: Args) -> None:
    period = _one(args, "period")
    if period is not None and period not in PERIODS:
        raise WrongQuery(f"'period' must be one of {PERIODS}")


def _check_sort(args: Args) -> None:
    text = _one(args, "sort_by")
    if text is None:
        return
    if "period" in args and "group_by" not in args:
        raise WrongQuery(
            "Cannot sort for period queries without group_by. Period queries are always sorted by "
            "time."
        )
    if ":" not in text:
        raise WrongQuery(
            "sort_by must be a field name and sort direction separated by a colon (:) "
            "eg. authority:ascending"
        )
    before, _, direction = text.rpartition(":")
    if not before or direction not in ("ascending", "descending"):
        raise WrongQuery(
            "Unrecognised sort direction. Supported directions include: ascending, descending"
        )
    _check_key(text.partition(":")[0], "Cannot sort by an invalid field name")


def _check_groups(args: Args) -> None:
    for key in args.get("group_by", ()):
        _check_key(key, "Cannot group by an invalid field name")
        if key.startswith("_"):
            raise WrongQuery(
                "Cannot group by internal fields, internal fields start with an underscore"
            )


def _check_numbers(args: Args) -> None:
    for name in ("limit", "duration"):
        text = _one(args, name)
        if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise WrongQuery(f"{name} must be a positive integer")


def _check_needs(args: Args, name: str, others: list[str]) -> None:
    if name in args and not any(other in args for other in others):
        raise WrongQuery(f"{name} can be used only with either {others}")


def _check_range(args: Args) -> None:
    start, end, duration = "start_at" in args, "end_at" in args, "duration" in args
    if duration and start and end:
        raise WrongQuery(
            "Absolute and relative time cannot be requested at the same time - either ask for "
            "'start_at' and 'end_at', or ask for 'start_at'/'end_at' with 'duration'"
        )
    if start and not (duration or end):
        raise WrongQuery("Use of 'start_at' requires 'end_at' or 'duration'")
    if end and not (duration or start):
        raise WrongQuery("Use of 'end_at' requires 'start_at' or 'duration'")
    if int(_one(args, "duration") or 1) == 0:
        raise WrongQuery("'duration' must not be zero")
    if duration and "period" not in args:
        raise WrongQuery(
            "If 'duration' is requested (for relative time), 'period' is required - please add a "
            "period (like 'day', 'month' etc)"
        )


def _check_collected(args: Args) -> None:
    for text in args.get("collect", ()):
        key, colon, method = text.partition(":")
        if colon and method not in METHODS:
            raise WrongQuery("Unknown collection method")
        _check_key(key, "Cannot collect an invalid field name")
        if key.startswith("_"):
            raise WrongQuery(
                "Cannot collect internal fields, internal fields start with an underscore"
            )
        if key in args.get("group_by", ()):
            raise WrongQuery("Cannot collect by a field that is used for group_by")


def _check_words(args: Args) -> None:
    for name in ("flatten", "inclusive"):
        if _one(args, name) not in (None, "true", "false"):
            raise WrongQuery(f"{name} must be either 'true' or 'false'")


#: In the order in which clients know them: the first thing that is wrong is the one told.
_CHECKS: tuple[Callable[[Args], None], ...] = (
    _check_names, _check_series, _check_moments, _check_filters, _check_period, _check_sort,
    _check_groups, _check_numbers, lambda args: _check_needs(args, "collect", _GROUPING),
    _check_range, _check_collected, _check_words,
    lambda args: _check_needs(args, "inclusive", _ENDS),
)  # fmt: skip


def _check_protected(args: Args) -> None:
    """What holds where nobody may see single records: whole periods, of a week at least."""
    if "group_by" not in args and "period" not in args:
        raise WrongQuery("querying for raw data is not allowed")
    period = _one(args, "period")
    sent = [(name, text) for name in _ENDS if (text := _one(args, name)) is not None]
    ends = [(name, at) for name, text in sent if (at := moments.read(text)) is not None]
    if period != moments.HOUR:
        if len(ends) > 1 and ends[1][1] - ends[0][1] < SPAN:
            raise WrongQuery("The minimum time span for a query is 7 days")
        for name, at in ends:
            if at.time() != time(0):
                raise WrongQuery(f"{name} must be midnight")
    for name, text in sent:
        day = moments.written_day(text)
        if period == "week" and day.weekday() != 0:
            raise WrongQuery(f"{name} must be a monday")
        if period == "month" and day.day != 1:
            raise WrongQuery(f"'{name}' must be the first of the month for period=month queries")
