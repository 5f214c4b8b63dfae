"""The parts of a report: headings and the text below them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from portal.interchange.reports import markdown
from portal.interchange.reports.shapes import Section, Which
from portal.interchange.reports.words import which_of

BOLD, ITALIC = 10, 11
LONGEST_HEADING = 200


def read(lines: Sequence[str], without: Collection[int]) -> tuple[Section, ...]:
    """The sections of a text, in order.

    Args:
        lines: the text.
        without: the places of lines that are shown elsewhere: the header, the tables of points.
    """
    found: list[Section] = []
    opened: list[tuple[int, Which]] = []
    title = ""
    text: list[str] = []

    def close() -> None:
        body = "\n".join(text).strip()
        if title or body:
            which = next((w for _, w in reversed(opened) if w is not Which.UNSAID), Which.UNSAID)
            found.append(Section(max(len(opened), 1), title, body, which))

    for place, line in enumerate(lines):
        if place in without or markdown.is_rule(line):
            continue
        rank, words = _heading(line)
        if rank:
            close()
            text.clear()
            title = words
            while opened and opened[-1][0] >= rank:
                opened.pop()
            opened.append((rank, which_of(words)))
        else:
            text.append("" if markdown.is_blank(line) else line)
    close()
    return tuple(found)


def _heading(line: str) -> tuple[int, str]:
    """The rank of a heading and its words, 0 where the line is none."""
    level = markdown.heading(line)
    if level:
        words = markdown.plain(markdown.bare(line))
        return (level, words) if words and len(words) <= LONGEST_HEADING else (0, "")
    for rank, marks in ((BOLD, ("**", "__")), (ITALIC, ("_", "*"))):
        words = markdown.whole(line, *marks)
        if words and len(words) <= 120 and not words.endswith((".", ";", ",")):
            return rank, words
    return 0, ""
