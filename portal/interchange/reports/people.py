"""Names of people, their e-mail addresses and telephone numbers: found, counted, taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.interchange.reports import markdown
from portal.interchange.reports.given_names import GIVEN, NO_SURNAME, OF_A_THING
from portal.interchange.reports.labels import Found
from portal.interchange.reports.words import LEAD, PEOPLE, UNKNOWN

REMOVED, CONTACT = "[name removed]", "[contact removed]"
_GAP = r"(?:[ \t\xa0]|&nbsp;|\n(?![ \t]*\n)){1,4}"
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Councillor|Cllr)"
_EMAIL = re.compile(
    r"(?:mailto:)?(?<![\w.%+-])[\w.%+'’-]{1,64}@(?:[^\W_][\w-]{0,62}\.){1,6}[^\W\d_]{2,24}"
)
_PHONE = re.compile(
    r"(?<![\w/.,£#=&-])(?:\+44[\s-]?(?:\(0\)[\s-]?)?|\(?0)[1-9][0-9]{1,4}\)?(?:[\s-]?[0-9]{2,8}){1,4}"
    r"(?![\w/])"
)
_DIGITS = range(10, 14)
_WITHHELD = re.compile(
    r"^\W*(?:name|names)?\W*(?:withheld|removed|redacted|n\s*/?\s*a|not applicable|none|tbc|tba|"
    r"to be \w+|vacant|unknown|not (?:known|stated|given)|various)"
    r"\W*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\(\s*(?:original|initial|re-?assessment|first|second)[^()]{0,40}\)", re.I)
_PARTS = re.compile(r"\s*(?:[/;,|&+\n]|\band\b|\bwith\b|\s[-–—]\s|[()\[\]]|:)\s*")
_NAME = re.compile(
    r"^(?:[^\W\d_][\w'’.-]*|de|la|van|von|der|bin|al|ap|ab|ferch|of)(?:\s[^\W\d_][\w'’.-]*){0,4}$"
)
_WORD = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’]+(?:-?[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’]+)*"
_TITLED = re.compile(rf"\b{_TITLE}\.?{_GAP}(?:{_WORD}{_GAP}|[A-Z]\.?{_GAP}){{0,2}}{_WORD}")
_FIRST = re.compile(rf"(?<![\w.@/-]){_WORD}")
_LAST = re.compile(rf"{_GAP}(?:[A-Z]\.?{_GAP})?(?P<last>{_WORD})")
_NEXT = re.compile(r"(?:\s|&nbsp;)*([A-Za-z]+)")
#: Titles that are of an office: "the Lord Chancellor".
_OFFICES = frozenset(
    "advocate chamberlain chancellor chief commissioner commissioners great high justice "
    "lieutenant mayor president privy speaker".split()
)
_HONOURED = re.compile(
    rf"(?<![\w.@/-])(?P<first>{_WORD}){_GAP}(?P<last>{_WORD})"
    rf"(?=,?{_GAP}(?:MP|QC|KC|CBE|OBE|MBE)\b)"
)
_ROLE = (
    r"(?:ministers?|secretary|assessors?|managers?|leaders?|owners?|directors?|chief executive|"
    r"officer|CDIO|CIO|CTO|CDO|CEO|SRO|MP|designer|researcher|architect|analyst)"
)
_APPOSED = re.compile(
    rf"(?<!\w){_ROLE},{_GAP}(?P<first>{_WORD}){_GAP}(?P<last>{_WORD})(?=\s*(?:[,.;:)(\n]|$))", re.I
)


@dataclass(slots=True)
class Taken:
    """Who was taken out of a report so far: kept for counting alone, never given away."""

    names: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)
    #: Names that no label gives, found in the text alone.
    in_text: set[str] = field(default_factory=set)


def named(labels: Iterable[Found]) -> list[str]:
    """The full names that labels of people give."""
    found: dict[str, None] = {}
    for label in labels:
        if label.field in (LEAD, PEOPLE):
            found.update(dict.fromkeys(n for n in _split(label.value) if _like_name(n)))
    return list(found)


def present(value: str) -> bool:
    """Whether anything stands behind a label: a name, or that it is withheld."""
    return bool(re.search(r"\w", value))


def _split(value: str) -> list[str]:
    value = _EMAIL.sub(" ", _ASIDE.sub(" ", value))
    if _WITHHELD.match(value):
        return []
    parts = (part.strip(" .-–—\"'") for part in _PARTS.split(value))
    return [part for part in parts if part and not _WITHHELD.match(part)]


def _like_name(part: str) -> bool:
    part = re.sub(rf"^{_TITLE}\.?\s+", "", part)
    words = part.split()
    if not _NAME.match(part) or not words[-1][:1].isupper():
        return False
    if all(word.isupper() and len(word) > 1 for word in words):
        return len(words) > 1
    return not any(word.lower() in NO_SURNAME and word.lower() not in GIVEN for word in words)


def _of_a_body(part: str) -> bool:
    """Whether words behind a label are of a body or a role: "GDS", "Head of Digital"."""
    words = part.split()
    if len(words) == 1 and part.isupper():
        return True
    return any(word.lower() in NO_SURNAME and word.lower() not in GIVEN for word in words)


def blank_labels(lines: Sequence[str], labels: Iterable[Found], taken: Taken) -> list[str]:
    """The lines with the names behind the labels of people taken out."""
    lines = list(lines)
    for label in labels:
        guessed = label.field == UNKNOWN and any(
            _like_name(part) and part.split()[0].lower() in GIVEN and " " in part
            for part in _split(label.value)
        )
        if label.field not in (LEAD, PEOPLE) and not guessed:
            continue
        if not label.header and not any(_like_name(part) for part in _split(label.value)):
            continue
        for place in label.lines:
            lines[place] = _blanked(lines[place], label, taken)
    return lines


def _blanked(line: str, label: Found, taken: Taken) -> str:
    words = markdown.plain(markdown.bare(line)) if not label.beside else label.value
    parts = [part for part in _split(words) if not _of_a_body(part)]
    if not parts:
        return line
    names = [part for part in parts if _like_name(part)] or [" ".join(parts)]
    taken.names.update(_key(name) for name in names)
    aside = _ASIDE.findall(words)
    if len(aside) == len(names):
        value = " / ".join(f"{REMOVED} {said}" for said in aside)
    else:
        value = " / ".join([REMOVED] * len(names)) + "".join(f" {said}" for said in aside)
    if not label.beside:
        return value
    row = line.lstrip().startswith("|")
    return f"| {label.label} | {value} |" if row else f"**{label.label}:** {value}"


def _key(name: str) -> str:
    words = re.sub(rf"^{_TITLE}\.?\s+", "", name).split()
    return " ".join(word.strip(".").casefold() for word in words)


def take_out(text: str, names: Iterable[str], taken: Taken) -> str:
    """A text without these people, those it names itself, and how they can be reached."""
    text = _without_contacts(text, taken)
    for name in names:
        text = _without_name(text, name, taken)

    def titled(match: re.Match[str]) -> str:
        last = re.split(r"\s|&nbsp;", match[0])[-1]
        second = re.split(r"(?:\s|&nbsp;)+", match[0])[1].lower()
        if last.lower() in NO_SURNAME | OF_A_THING or second in _OFFICES:
            return match[0]
        return _found(match[0], taken)

    def apposed(match: re.Match[str]) -> str:
        first, last = match["first"], match["last"]
        both = (first.lower(), last.lower())
        if not first[0].isupper() or not last[0].isupper() or set(both) & NO_SURNAME:
            return match[0]
        start = match.start("first") - match.start()
        return match[0][:start] + _found(f"{first} {last}", taken)

    text = _HONOURED.sub(apposed, _TITLED.sub(titled, text))
    return _without_given(_APPOSED.sub(apposed, text), taken)


def _without_given(text: str, taken: Taken) -> str:
    """A text without what begins with a given name and goes on like a surname."""
    kept, at = [], 0
    for given in _FIRST.finditer(text):
        if given[0].split("-")[0].lower() not in GIVEN or given.start() < at:
            continue
        match = _LAST.match(text, given.end())
        if not match:
            continue
        last = re.sub("['’]s?$", "", match["last"])
        after = _NEXT.match(text, match.end())
        thing = after and after[1][:1].isupper() and after[1].lower() in OF_A_THING
        if thing or last.lower() in NO_SURNAME | OF_A_THING:
            continue
        end = match.end() - len(match["last"]) + len(last)
        more = _LAST.match(text, end)
        if more and more["last"].lower() not in NO_SURNAME | OF_A_THING:
            end = more.end()
        kept += [text[at : given.start()], _found(text[given.start() : end], taken)]
        at = end
    return "".join([*kept, text[at:]])


def _found(name: str, taken: Taken) -> str:
    key = _key(name.replace("&nbsp;", " "))
    if key not in taken.names:
        taken.names.add(key)
        taken.in_text.add(key)
    return REMOVED


def _without_contacts(text: str, taken: Taken) -> str:
    def contact(match: re.Match[str]) -> str:
        taken.contacts.add(match[0].casefold().removeprefix("mailto:"))
        return CONTACT

    def number(match: re.Match[str]) -> str:
        digits = sum(letter.isdigit() for letter in match[0])
        return contact(match) if digits in _DIGITS else match[0]

    return _PHONE.sub(number, _EMAIL.sub(contact, text))


def _without_name(text: str, name: str, taken: Taken) -> str:
    """A text without a person: their full name, "Ms Surname", initials, and links to them."""
    words = re.sub(rf"^{_TITLE}\.?\s+", "", name).split()
    if len(words) < 2:
        return text
    first, last = re.escape(words[0].strip(".")), re.escape(words[-1])
    middle = rf"(?:{_GAP}[\w.'’-]{{1,20}}){{0,2}}?"
    ends = r"(?![\w-])"
    full = rf"{first}{middle}{_GAP}{last}"
    text = re.sub(
        rf"\[[^\]\[\n]{{0,80}}{full}[^\]\[\n]{{0,40}}\]\([^()\n]{{0,500}}\)"
        rf"|(?<![\w-])(?:{_TITLE}\.?{_GAP})?{full}{ends}"
        rf"|(?<=[/@=]){first}[-._+]{last}(?![a-z])",
        REMOVED,
        text,
        flags=re.IGNORECASE,
    )
    alone = len(words[0].strip(".")) == 1
    initial = rf"{first}[\w'’-]{{0,20}}" if alone else rf"{first[0]}\.?(?:\s?[A-Z]\.?)?"
    short = rf"(?:{_TITLE}\.?|{initial}\.?){_GAP}{last}"
    return re.sub(rf"(?<![\w-]){short}{ends}", REMOVED, text)


def found(text: str) -> set[str]:
    """The names of people that a text gives, in small letters."""
    taken = Taken()
    take_out(text, (), taken)
    return taken.names | taken.in_text
