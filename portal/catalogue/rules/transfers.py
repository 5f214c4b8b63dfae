"""What a transfer of functions does to rows of time, and how it is taken back. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.catalogue.words import SuccessionKind, TransferAction
from portal.errors import N_, Invalid

Document = dict[str, Any]
#: What ends the body that loses.
ENDING = frozenset(
    {SuccessionKind.RENAMED, SuccessionKind.MERGED, SuccessionKind.SPLIT, SuccessionKind.ABOLISHED}
)
#: Where a row of time names its organisation.
_BODY = "organisation"


def _is(row: Document, named: Mapping[str, str], body: str) -> bool:
    return row[_BODY] == body and all(row[name] == value for name, value in named.items())


def moved(
    rows: Sequence[Document], named: Mapping[str, str], old: str, new: str, day: date, source: str
) -> list[Document]:
    """Rows of which that of one organisation ends on a day, and that of another begins.

    Args:
        rows: of owners or parents.
        named: what else the row says, such as its role.
        old: the reference of the organisation that loses.
        new: that of the one that gains. If it has such a row already, the old one just ends.
        day: when.
        source: who says so; it stands in the new row.

    Raises:
        Invalid: the old organisation has no such row now, or has it only since a later day.
    """
    at = next((n for n, row in enumerate(rows) if _is(row, named, old) and not row["until"]), None)
    if at is None:
        raise Invalid(_BODY, N_("It is not theirs any more"))
    row, on = rows[at], day.isoformat()
    if row["since"] and row["since"] > on:
        raise Invalid(_BODY, N_("It is theirs only since %(day)s"), day=row["since"])
    found = [*rows[:at], {**row, "until": on}]
    if not any(_is(each, named, new) and not each["until"] for each in rows):
        begun = {**row, _BODY: new, "since": on, "until": None, "source": source}
        found.append({**begun, "published_name": None} if "published_name" in row else begun)
    return [*found, *rows[at + 1 :]]


def moved_back(
    rows: Sequence[Document], named: Mapping[str, str], old: str, new: str, day: date, source: str
) -> list[Document]:
    """The rows as they were before `moved`, with the same arguments.

    Raises:
        Invalid: they do not say any more what the transfer made them say.
    """
    on = day.isoformat()
    ended = [n for n, row in enumerate(rows) if _is(row, named, old) and row["until"] == on]
    if not ended:
        raise Invalid(_BODY, N_("The record was changed: what ended on the day is not there"))
    if any(_is(row, named, old) and not row["until"] for row in rows):
        raise Invalid(_BODY, N_("The record was changed: it is theirs again already"))
    begun = [
        n
        for n, row in enumerate(rows)
        if _is(row, named, new) and (row["since"], row["source"]) == (on, source)
    ]
    goes_on = [row for row in rows if _is(row, named, new) and not row["until"]]
    if not goes_on or (begun and rows[begun[-1]]["until"]):
        raise Invalid(_BODY, N_("The record was changed: it has another home now"))
    back = {**rows[ended[-1]], "until": None}
    gone = begun[-1] if begun else -1
    return [back if n == ended[-1] else row for n, row in enumerate(rows) if n != gone]


def successions(
    known: Sequence[Document], kind: SuccessionKind, gaining: Sequence[str], day: date, source: str
) -> list[Document]:
    """The rows that say what became of a body, of those that its record does not have yet."""
    on = day.isoformat()
    said = {(row["kind"], row["successor"], row["on"]) for row in known}
    rows = [
        {"kind": kind.value, "successor": successor, "on": on, "source": source}
        for successor in gaining
    ]
    return [row for row in rows if (row["kind"], row["successor"], row["on"]) not in said]


def refuse_wrong(day: date, today: date, losing: set[int], gaining: set[int]) -> None:
    """Raise Invalid where a transfer cannot be one."""
    if day > today:
        raise Invalid("happened_on", N_("The day of the transfer must be today or in the past"))
    if not losing:
        raise Invalid("loses", N_("Enter the organisations that lose functions"))
    if not gaining:
        raise Invalid("gains", N_("Enter the organisations that gain functions"))
    if losing & gaining:
        raise Invalid("gains", N_("An organisation cannot both lose and gain"))


def proposed(kind: str, gaining: Sequence[int], ends: bool) -> tuple[TransferAction, int | None]:
    """What a draft proposes for something: the new home where there is one to choose from; of a
    role of a person where the body goes on, that it stays.
    """
    if kind == "role" and not ends:
        return TransferAction.STAY, None
    if len(gaining) == 1:
        return TransferAction.MOVE, gaining[0]
    return TransferAction.OPEN, None
