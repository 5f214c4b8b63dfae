"""Points of reports without a table: a heading for each, and below it how it was rated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.interchange.reports import markdown
from portal.interchange.reports.points import STANDARDS, made
from portal.interchange.reports.shapes import Table, Which
from portal.interchange.reports.words import which_of

_HEAD = re.compile(r"^(?:point\s*)?([0-9]{1,2})\s*[.):–-]?\s+\D", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?P<said>(?:met|meets|meeting|did not meet|didn['’]t meet|does not meet|not met|"
    r"is not meeting|not meeting|not yet met))\s+point\s+(?P<number>[0-9]{1,2})\b(?!\s+and\b)",
    re.IGNORECASE,
)
_RATED = re.compile(
    r"^(?:decision|rating|result)?\s*[:–-]?\s*(?P<said>green|amber|red|met|not met)\.?$",
    re.IGNORECASE,
)
LONGEST = 300


def read(lines: Sequence[str], doubts: list[str]) -> list[Table]:
    """The points that a text rates one by one, where it rates all of a version of the standard."""
    return [
        made(said, which, "", doubts)
        for which, said in _said(lines).items()
        if len({number for number, _ in said}) in STANDARDS
        and max(number for number, _ in said) in STANDARDS
    ]


def _said(lines: Sequence[str]) -> dict[Which, list[tuple[int, str]]]:
    """What a text says of points, one at a time, by the assessment its headings speak of."""
    found: dict[Which, list[tuple[int, str]]] = {}
    which, number = Which.UNSAID, 0
    for line in lines:
        if len(line) > LONGEST or markdown.is_blank(line):
            continue
        depth = markdown.heading(line)
        words = markdown.plain(markdown.bare(line))
        if depth or markdown.whole(line, "**", "__"):
            said = which_of(words)
            which = said if said is not Which.UNSAID else which
            head = _HEAD.match(words)
            number = int(head[1]) if head else number
        sentence = _SAID.search(words)
        rated = _RATED.match(words) if number else None
        if sentence:
            found.setdefault(which, []).append((int(sentence["number"]), sentence["said"]))
            number = 0
        elif rated:
            found.setdefault(which, []).append((number, rated["said"]))
            number = 0
    return found
