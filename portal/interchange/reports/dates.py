"""Dates as reports write them: the day always before the month, and never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*"
_DAY = r"(?<![0-9])(?P<day>[0-9]{1,2})"
_TH = r"(?:\s?(?:st|nd|rd|th)\b)?"
_YEAR = r"(?P<year>[0-9]{4}|['’]?[0-9]{2})(?![0-9])"
_WEEKDAY = r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?"
_MORE = rf"\s?(?:-|–|—|/|&|and|to|,|until)\s?(?:{_WEEKDAY}\s)?[0-9]{{1,2}}{_TH}"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<![0-9/.-])(?P<year>[0-9]{4})-(?P<monthly>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?![0-9/.-])",
        rf"{_DAY}\s?[/.\-–]+\s?(?P<monthly>[0-9]{{1,2}})\s?[/.\-–]+\s?{_YEAR}",
        rf"{_DAY}{_TH}(?P<more>(?:{_MORE})*)(?:\s*of\b)?[\s,.\-–/]*{_MONTH}[\s.,\-–/]*{_YEAR}",
        rf"(?<![a-z]){_MONTH}\.?\s?{_DAY}{_TH}(?P<more>(?:{_MORE})*)[\s,.]+{_YEAR}",
    )
)
#: A first day whose month or year only the second one says: "30 June and 1 July 2015".
_OPEN = re.compile(
    rf"{_DAY}{_TH}(?:\s?of)?\s?{_MONTH}[\s,.]*(?:-|–|—|&|and|to|until)[\s]*$", re.IGNORECASE
)
EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: the day, None where there is no such day, where it stands, and doubts."""

    day: date | None
    start: int
    end: int
    doubts: tuple[str, ...] = ()


def find(text: str) -> list[Found]:
    """The dates in a short text, in their order."""
    text = text[:300]
    found: list[Found] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if not any(match.start() < one.end and one.start < match.end() for one in found):
                found.append(_read(match))
    found.sort(key=lambda one: one.start)
    return [_opened(text, one) for one in found]


def _read(match: re.Match[str]) -> Found:
    parts = match.groupdict()
    doubts = []
    year = parts["year"].lstrip("'’")
    if len(year) == 2:
        doubts.append("two digits for the year")
        year = f"20{year}"
    if parts.get("more"):
        doubts.append("more than one day, the first is taken")
    named = parts.get("month")
    month = _MONTHS.index(named[:3].lower()) + 1 if named else int(parts["monthly"])
    try:
        day = date(int(year), month, int(parts["day"]))
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day.year <= LATEST:
        return Found(None, match.start(), match.end(), ("there is no such day",))
    return Found(day, match.start(), match.end(), tuple(doubts))


def _opened(text: str, found: Found) -> Found:
    """The first of two days, where the year stands with the second alone."""
    before = _OPEN.search(text[: found.start])
    if not before or not found.day:
        return found
    month = _MONTHS.index(before["month"][:3].lower()) + 1
    try:
        day = date(found.day.year, month, int(before["day"]))
    except ValueError:
        day = None
    if day is None or day > found.day:
        return Found(None, before.start(), found.end, ("the first day has no year",))
    return Found(day, before.start(), found.end, ("more than one day, the first is taken",))
