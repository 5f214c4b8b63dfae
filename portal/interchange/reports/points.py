"""Tables of points: two pairs a row, or one, and the notes below them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.interchange.reports import markdown
from portal.interchange.reports.shapes import Point, Table, Which
from portal.interchange.reports.words import rating_of_term, scheme_of, which_of

STANDARDS = (26, 18, 14)
LEAST, MOST = 5, 30
_NUMBER = re.compile(r"^(?:point|criterion|criteria|no\.?|#)?\s*([0-9]{1,2})\s*[.):]?$", re.I)
_TITLED = re.compile(
    r"^(?:point|criterion|criteria)?\s*([0-9]{1,2})\s*[.):–-]?\s+(?=[^\W\d])", re.IGNORECASE
)
_MARKS = re.compile(r"\s*(?:[*†‡§^¹²³]+|\([*0-9]\)|\[[*0-9]+\])+$")
_CELL = re.compile(r"(?<!\\)\|")
_NOTES = re.compile(r"details of|not applicable|criteria that (?:are|were) not|exempt", re.I)
_NOTED = re.compile(
    r"^(?:criteria|criterion|points?)?\s*"
    r"([0-9]{1,2}\b(?:\s*(?:[.,&]|and\b|to\b|-|–)+\s*[0-9]{1,2}\b){0,30})"
    r"\s*[.,:–—-]*\s*",
    re.IGNORECASE,
)
_RANGE = re.compile(r"([0-9]{1,2})\s*\.?\s*(?:-|–|to)\s*([0-9]{1,2})|([0-9]{1,2})")
NOTES_LINES = 40


@dataclass(slots=True)
class Read:
    """The tables of a page, the lines that they and their notes take, and what is doubtful."""

    tables: list[Table]
    lines: set[int]
    doubts: list[str]


def is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    line = line.strip()
    return line.startswith("|") or len(_CELL.findall(line)) >= 2


def cells(line: str) -> list[str]:
    """The cells of a row, without Markdown."""
    line = line.strip()
    parts = _CELL.split(line)
    parts = parts[1:] if line.startswith("|") else parts
    parts = parts[:-1] if len(parts) > 1 and line.endswith("|") else parts
    return [markdown.plain(part) for part in parts]


def term_of(cell: str) -> str:
    """A cell as it is compared: lower case, without marks of footnotes."""
    return re.sub(r"\s*/\s*", "/", _MARKS.sub("", cell).strip().lower()).strip(" .:")


def read(lines: Sequence[str]) -> Read:
    """The tables of points of a page, each with the assessment that its headings speak of."""
    found = Read([], set(), [])
    which, place = Which.UNSAID, 0
    level = 0
    while place < len(lines):
        line = lines[place]
        depth = markdown.heading(line)
        words = markdown.plain(markdown.bare(line)) if depth else markdown.whole(line, "**", "__")
        if words:
            said = which_of(words)
            if said is not Which.UNSAID:
                which, level = said, depth or 7
            elif depth and depth <= level:
                which, level = Which.UNSAID, 0
        if is_row(line) and not words:
            place = _table(lines, place, which, found)
        else:
            place += 1
    return found


def _table(lines: Sequence[str], start: int, which: Which, found: Read) -> int:
    rows: list[tuple[int, list[str]]] = []
    end = place = start
    while place < len(lines) and (is_row(lines[place]) or markdown.is_blank(lines[place])):
        if is_row(lines[place]):
            row = cells(lines[place])
            if rows and len(row) == 1 and _NOTES.search(row[0]):
                break
            if not _pairs(row) and len(rows) > 1 and _restarts(lines, place, rows):
                break
            rows.append((place, row))
            end = place + 1
        place += 1
    pairs = [pair for _, row in rows for pair in _pairs(row)]
    if not _is_points(pairs):
        return max(end, start + 1)
    found.lines.update(range(start, end))
    notes, last = _notes(lines, end)
    found.lines.update(range(end, last))
    found.tables.append(made(pairs, which, notes, found.doubts))
    return last


def _restarts(lines: Sequence[str], place: int, rows: list[tuple[int, list[str]]]) -> bool:
    """Whether a row without numbers heads another table, one that counts from 1 again."""
    if not any(_pairs(row) for _, row in rows):
        return False
    for line in lines[place + 1 : place + 4]:
        pairs = _pairs(cells(line)) if is_row(line) else []
        if pairs:
            return pairs[0][0] == 1
    return False


def _pairs(row: list[str]) -> list[tuple[int, str]]:
    """The points of a row: numbers, and the cells that rate them."""
    pairs, at = [], 0
    while at < len(row) - 1:
        match = _NUMBER.match(row[at])
        titled = None if match else _TITLED.match(row[at])
        known = rating_of_term(term_of(row[at + 1])) is not None
        if match and at + 2 < len(row) and not known and rating_of_term(term_of(row[at + 2])):
            # Number, title, rating.
            pairs.append((int(match[1]), row[at + 2]))
            at += 3
        elif (match and not _NUMBER.match(row[at + 1])) or (titled and known):
            number = match or titled
            pairs.append((int(number[1]) if number else 0, row[at + 1]))
            at += 2
        else:
            at += 1
    return pairs


def _is_points(pairs: list[tuple[int, str]]) -> bool:
    numbers = {number for number, _ in pairs}
    known = sum(rating_of_term(term_of(cell)) is not None for _, cell in pairs)
    return len(numbers) >= LEAST and max(numbers) <= MOST and known * 2 >= len(pairs)


def _notes(lines: Sequence[str], end: int) -> tuple[str, int]:
    """What stands below a table of its points: a table of one cell, or a footnote."""
    place = end
    while place < len(lines) and markdown.is_blank(lines[place]):
        place += 1
    if place >= len(lines):
        return "", end
    first = lines[place]
    row = cells(first) if is_row(first) else []
    footnote = re.match(r"^\s*\\?\*(?![*\s])\s*\S", first)
    if not (len(row) == 1 and _NOTES.search(row[0])) and not footnote:
        return "", end
    noted: list[str] = []
    if footnote:
        return markdown.plain(first), place + 1
    if not markdown.whole(first.strip().strip("|"), "**", "__"):
        noted.append(row[0])
    place += 1
    opened, last = False, min(place + NOTES_LINES, len(lines))
    while place < last:
        line = lines[place].strip()
        ends = markdown.heading(line) or markdown.is_rule(line)
        if ends or (line and not opened and not line.startswith("|")):
            break
        noted.append(markdown.plain(line.strip("|")))
        # A cell of several lines ends with the bar that ends its row.
        opened = opened or line.startswith("|")
        opened = opened and not (line.endswith("|") and (len(line) > 1 or len(noted) > 1))
        place += 1
    return "\n".join(note for note in noted if note), place


def _noted(notes: str) -> dict[int, str]:
    """What the notes say of single points: "21, 22 and 24 to 26 - ..."."""
    found: dict[int, str] = {}
    for line in notes.split("\n"):
        match = _NOTED.match(line)
        if not match:
            continue
        text = line[match.end() :].strip() or line
        for first, last, single in _RANGE.findall(match[1]):
            start, end = (single, single) if single else (first, last)
            for number in range(int(start), min(int(end), MOST) + 1):
                found.setdefault(number, text)
    return found


def made(
    pairs: Sequence[tuple[int, str]], which: Which, notes: str, doubts: list[str]
) -> Table:  # fmt: skip
    """A table of numbers and the words that rate them; what is doubtful goes to `doubts`."""
    said = _noted(notes)
    marked = next((line for line in notes.split("\n") if line.startswith("*")), "")
    points: dict[int, Point] = {}
    clashing: set[int] = set()
    for number, cell in pairs:
        term = term_of(cell)
        if not number or not term:
            continue
        before = points.get(number)
        if before and before.term != term:
            clashing.add(number)
            continue
        note = said.get(number, "") or (marked.strip("* ") if "*" in cell else "")
        points[number] = Point(number, cell, term, rating_of_term(term), note)
    for number in clashing:
        doubts.append(f"points: {number} stands twice, with different words")
        del points[number]
    length = max([*points, *clashing], default=0)
    standard = length if length in STANDARDS else None
    complete = standard is not None and set(points) == set(range(1, length + 1))
    if standard and not complete:
        doubts.append(f"points: {len(points)} of {standard} read")
    elif not standard:
        doubts.append(f"points: a table of {length} points is of no version of the standard")
    unknown = [point for point in points.values() if point.rating is None]
    for point in unknown[:5]:
        doubts.append(f"points: {point.number} says {point.verbatim[:40]!r}")
    ordered = tuple(points[number] for number in sorted(points))
    scheme = scheme_of({point.term for point in ordered})
    return Table(ordered, standard, complete, scheme, which, notes=notes)
