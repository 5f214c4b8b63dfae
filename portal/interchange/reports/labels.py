"""The block of labels that heads a report, and the lines of labels further down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.interchange.reports import dates, markdown
from portal.interchange.reports.shapes import Which
from portal.interchange.reports.words import (
    DATE,
    DEPARTMENT,
    LEAD,
    NARRATIVE,
    PEOPLE,
    RESULT,
    STAGE,
    UNKNOWN,
    field_of,
    is_label,
    letters,
    looks_like_result,
    rating_of_result,
    which_of,
)

#: So many lines may stand between two labels of one block.
GAP = 5
LONGEST_VALUE = 200
_RUN = re.compile(r"\*\*([^*]{1,80})\*\*")
_SPLIT = str.maketrans({"：": ":", "\u2236": ":"})


@dataclass(frozen=True, slots=True)
class Found:
    """A label in a text.

    Attributes:
        line: where it begins, from 0; `last` is the last line of its value.
        beside: whether the value stands on the label's own line.
        lines: the places of the lines that the value stands on.
        apart: whether it is set as a label: bold, a heading, or with a colon.
        header: whether it belongs to the block that heads the report.
    """

    label: str
    field: str
    which: Which
    value: str
    line: int
    last: int
    beside: bool
    lines: tuple[int, ...]
    apart: bool = True
    header: bool = False


def find(lines: Sequence[str]) -> list[Found]:
    """The labels of a text, those of the header first marked so."""
    found: list[Found] = []
    at = 0
    while at < len(lines):
        one = _label(lines, at)
        if one:
            found.append(one)
            at = one.last + 1
        else:
            at += 1
    return _header(lines, found)


def _header(lines: Sequence[str], found: list[Found]) -> list[Found]:
    """Mark the first block that says at least two things of a report; drop what strays."""
    blocks: list[list[Found]] = []
    for one in found:
        between = lines[blocks[-1][-1].last + 1 : one.line] if blocks else []
        far = sum(not markdown.is_blank(line) for line in between) > GAP
        if blocks and not far and not _parted(between):
            blocks[-1].append(one)
        else:
            blocks.append([one])
    main = max(blocks, key=lambda b: len({one.field for one in b} - {UNKNOWN}), default=[])
    if len({one.field for one in main} - {UNKNOWN}) < 2:
        main = blocks[0] if blocks else []
    said = {one.field for one in main}
    kept = []
    for block in blocks:
        header = block is main
        alone = len({one.field for one in block}) < 2
        for one in block:
            if header or _counts(one, alone, said):
                kept.append(replace(one, header=header))
    return kept


def _counts(one: Found, alone: bool, said: set[str]) -> bool:
    """Whether a label outside the header is one, and no words of the text."""
    if one.field == UNKNOWN or not one.apart:
        return False
    if alone and one.field in (STAGE, RESULT, DEPARTMENT):
        told = one.field != RESULT or rating_of_result(one.value) is not None
        return told and (one.beside or one.field not in said)
    return True


def broken(lines: Sequence[str]) -> list[str]:
    """The lines, those with several labels broken before each but the first."""
    found: list[str] = []
    for line in lines:
        if len(line) > 2000 or line.count("**") < 4 or line.lstrip().startswith("|"):
            found.append(line)
            continue
        at = 0
        for match in _RUN.finditer(line):
            inside = markdown.plain(match[1]).strip()
            if match.start() > at and inside.endswith(":") and field_of(inside.strip(" :")):
                found.append(line[at : match.start()].rstrip())
                at = match.start()
        found.append(line[at:])
    return found


def _parted(between: Sequence[str]) -> bool:
    return any(
        markdown.is_rule(line)
        or (markdown.heading(line) and field_of(markdown.plain(line).strip(" :#")) is None)
        for line in between
    )


def _label(lines: Sequence[str], at: int) -> Found | None:
    line = lines[at]
    if len(line) > 600 or markdown.is_blank(line):
        return None
    if line.lstrip().startswith("|"):
        return _row(line, at)
    joined = _joined(lines, at)
    if joined:
        words, last = joined
        return _below(lines, words, at, last, set_apart=True)
    bare = markdown.bare(line)
    words = markdown.plain(bare).translate(_SPLIT)
    beside = _beside(bare, words, at)
    if beside is not None:
        return beside
    marked = bool(markdown.heading(line)) or bare.startswith(("**", "__", "_", "*"))
    apart = marked or words.endswith(":")
    if apart or (field_of(words.strip(" :-–")) and bare == line.strip()):
        return _below(lines, words, at, at, apart)
    return None


def _row(line: str, at: int) -> Found | None:
    """A label in a table of two columns."""
    cells = [markdown.plain(cell) for cell in line.strip().strip("|").split("|")]
    if len(cells) != 2 or not cells[1] or len(cells[1]) > LONGEST_VALUE:
        return None
    label = cells[0].strip(" :")
    field = field_of(label)
    if not field:
        return None
    return Found(label, field, which_of(label), cells[1], at, at, True, (at,))


def _joined(lines: Sequence[str], at: int) -> tuple[str, int] | None:
    """A label of which two lines of bold make up one: ("Date of" and "assessment:")."""
    first = markdown.whole(lines[at], "**", "__")
    if not first or ":" in first or len(first) > 40:
        return None
    after = at + 1
    while after < len(lines) and after < at + 3 and markdown.is_blank(lines[after]):
        after += 1
    second = markdown.whole(lines[after], "**", "__") if after < len(lines) else ""
    if not second.endswith(":") or (field_of(first) and field_of(second.strip(" :"))):
        return None
    both = f"{first} {second}"
    known = field_of(both.strip(" :"))
    if known and letters(first) and known not in (PEOPLE, UNKNOWN):
        return both, after
    return None


def _beside(bare: str, words: str, at: int) -> Found | None:
    """A label with its value on the same line."""
    head, colon, value = words.partition(":")
    head, value = head.strip(" -–"), value.strip()
    if not (colon and value):
        # "**Department / Agency** DCLG"
        mark = next((m for m in ("**", "__") if bare.startswith(m)), "")
        inside, closed, rest = bare[2:].partition(mark) if mark else ("", "", "")
        head = markdown.plain(inside).strip(" :-–")
        value = markdown.plain(rest).strip(" :-–")
        if not (closed and value) or rest.lstrip().startswith(mark):
            return None
    field = field_of(head)
    if not field or len(value) > LONGEST_VALUE or not _fits(field, head, value, True):
        return None
    return Found(head, field, which_of(head), value, at, at, True, (at,))


def _below(
    lines: Sequence[str], words: str, at: int, last: int, set_apart: bool
) -> Found | None:  # fmt: skip
    """A label with its value below, blank lines between them or not."""
    label = words.strip(" :-–")
    field = field_of(label)
    if field is None:
        known = words.endswith(":") and len(label) <= 40 and len(label.split()) <= 5
        if (
            not known
            or not label
            or re.match(r"assess?ors?summary|summary|overview", letters(label))
        ):
            return None
        field = UNKNOWN
    many = field in (LEAD, PEOPLE)
    places: list[int] = []
    place = last + 1
    while place < len(lines):
        line = lines[place]
        if markdown.is_blank(line) and not markdown.is_rule(line):
            if places and not many:
                break
        elif _ends(line) or (places and many and not _another(lines, place)):
            break
        else:
            places.append(place)
        place += 1
    # People stand on lines of their own; all else is one text.
    value = (
        ("\n" if many else " ")
        .join(markdown.plain(markdown.bare(lines[p])) for p in places)
        .strip()
    )
    if not _fits(field, label, value, words.endswith(":")):
        return None
    end = places[-1] if places else last
    return Found(label, field, which_of(label), value, at, end, False, tuple(places), set_apart)


def _ends(line: str) -> bool:
    """Whether no value of the label above can stand on a line."""
    if markdown.is_rule(line) or markdown.heading(line) or line.lstrip().startswith("|"):
        return True
    words = markdown.plain(markdown.bare(line)).translate(_SPLIT)
    head = words.partition(":")[0].strip(" -–")
    bold = bool(markdown.whole(line, "**", "__"))
    if is_label(words) or (bold and words.endswith(":")):
        return True
    return field_of(head) is not None and (":" in words or bold)


def _another(lines: Sequence[str], place: int) -> bool:
    """Whether a further line is one more person: short, and no text."""
    words = markdown.plain(lines[place])
    bold = bool(markdown.whole(lines[place], "**", "__"))
    if bold or field_of(words.strip(" :-–")):
        return False
    return len(words) <= 60 and len(words.split()) <= 6 and words[-1:] not in ".:"


def _fits(field: str, label: str, value: str, colon: bool) -> bool:
    """Whether a value can be one of this field: labels are words of every text as well."""
    if len(value) > LONGEST_VALUE:
        return False
    if field == DATE:
        return bool(value) and (colon or bool(dates.find(value)))
    if field == RESULT:
        # "Outcome of service assessment" heads a narrative more often than a result.
        sure = colon or re.match(r"result(?=of|following|after)", letters(label))
        return looks_like_result(value) if sure else rating_of_result(value) is not None
    if NARRATIVE.match(letters(label)) and not colon:
        return False
    if field in (LEAD, PEOPLE):
        return (len(value) <= 120 and _names(value)) if value else colon
    if field == UNKNOWN:
        return 0 < len(value) <= 80
    return len(value.split()) <= 16


def _names(value: str) -> bool:
    """Whether a value may be people: mostly words that begin with a capital."""
    words = [word for word in value.replace("/", " ").split() if word[:1].isalpha()]
    return len(words) <= 3 or sum(word[:1].isupper() for word in words) * 2 >= len(words)
