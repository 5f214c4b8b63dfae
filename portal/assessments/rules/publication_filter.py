"""What may not be for the public in a report: names, addresses, numbers, weaknesses of security.

It errs on the side of asking: a person decides of each hit whether it goes or stays. What the words
are is never kept, only what tells them apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from portal.assessments.booking_words import FlagKind

#: Stands where words were taken out and nothing else was put.
REDACTED = "[redacted]"
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"'|]+@[^\s@<>()\[\],;:\"'|]+\.[^\W\d_]{2,}")
#: "jo at example dot com", as people write an address so that no program finds it.
_SPELT = re.compile(
    r"\b[\w.+-]+\s*[\[(]?\s*\bat\b\s*[\])]?\s*[\w-]+"
    r"(?:\s*[\[(]?\s*\bdot\b\s*[\])]?\s*[\w-]+)+|"
    r"\b[\w.+-]+\s*[\[(]\s*at\s*[\])]\s*[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w/.-])\(?(?:\+[0-9]|0)[0-9() \t\xa0.-]{6,24}[0-9](?![\w/])")
#: Digits of a number that can be rung.
_DIGITS = range(9, 16)
_GAP = r"[ \t\xa0]+"
_WORD = r"[^\W\d_][\w'’-]*"
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Rev|Cllr|Councillor)\b"
    rf"\.?{_GAP}(?P<name>{_WORD}(?:{_GAP}{_WORD}){{0,3}})"
)
_ROLE = (
    r"(?i:team lead|lead|owner|manager|researcher|designer|developer|architect|analyst|director|"
    r"officer|engineer|assessor|tester|technologist|colleague|writer)"
)
#: A first name is one word with nothing after it: "the lead, Defra Digital" names a body.
_FIRST = r"(?P<name>[A-Z\u00c0-\u00de][a-z\u00df-\u00ff]{2,14})"
_NEXT = (
    r"(?=[,.;:)]|\s*$|"
    r"\s+(?:and|who|said|says|told|tells|is|was|has|had|will|led|leads|explained)\b)"
)
_BESIDE_ROLE = (
    re.compile(
        rf"\b{_ROLE}(?:,| is| was| called| named|:| \()?{_GAP}?{_FIRST}{_NEXT}",
        re.MULTILINE,
    ),
    re.compile(
        rf"(?:(?<=[.!?]\s)|^|\b(?:by|with|from|to|and|that|when){_GAP}){_FIRST}"
        rf"(?:,{_GAP}(?:the|our|their|its|a){_GAP}(?:[a-z]+{_GAP}){{0,2}}|{_GAP}?\((?:the{_GAP})?(?:[a-z]+{_GAP}){{0,2}}){_ROLE}\b",
        re.MULTILINE,
    ),
)
#: Words with a capital that stand beside roles, and are no names.
_NO_FIRST = frozenset(
    "the this that these those they there then when while what where which who how our its but "
    "from with without however although also after before since until once users user you your "
    "are not all any some each both monday tuesday wednesday thursday friday saturday sunday "
    "january february march april may june july august september october november december "
    "england scotland wales ireland britain london europe english welsh scottish defra ofsted "
    "parliament government agile scrum kanban jira slack figma github notify pay forms alpha "
    "beta live point red amber green met none yes".split()
)  # fmt: skip
_SECURITY = re.compile(
    r"\b(?:vulnerab\w+|exploit(?:s|ed|able|ation)?|unpatched|back ?doors?|brute[- ]forc\w+|"
    r"penetration test\w*|pen[- ]test\w*|cve-[0-9]{4}-[0-9]{3,}|(?:sql|code|command) injection|"
    r"cross[- ]site (?:scripting|request forgery)|xss|csrf|unencrypted|not encrypted|"
    r"pass(?:word|phrase)s?|credentials?|(?:api|secret|private) keys?|access tokens?|"
    r"security (?:weakness|flaw|hole|gap|risk|issue|incident|breach|problem)\w*|data breach\w*|"
    r"misconfigur\w+|single point of attack|denial[- ]of[- ]service|malware|ransomware|"
    r"(?:[0-9]{1,3}\.){3}[0-9]{1,3})\b",
    re.IGNORECASE,
)
#: Words by which accounts of roles are called: alone they name nobody.
_NO_NAME = frozenset(
    "demo lead assessor assessors service owner manager delivery product senior responsible "
    "officer team user researcher research designer design technology technical architect "
    "technologist performance analyst analysis observer assurance head director digital one two "
    "three four five six seven eight nine ten the and of for".split()
)  # fmt: skip
_SHORTEST = 3
_END = re.compile(r"[.!?][\"'”’)]?(?=\s)|\n\s*\n|\n(?=\s*(?:[-*+]|[0-9]+[.)])\s)")

#: Gives the names of people that a text names, in any case of their letters.
Finder = Callable[[str], Collection[str]]
_FINDERS: list[Finder] = []


def names_with(finder: Finder) -> None:
    """Have texts searched for names so as well; the package that reads published pages does."""
    _FINDERS[:] = [finder]


class Hit(NamedTuple):
    """Words that may not be for the public, and where they stand in a text."""

    kind: FlagKind
    start: int
    end: int
    words: str


class Sentence(NamedTuple):
    """The sentence of a hit: what is before, the words, and what is after."""

    before: str
    words: str
    after: str


def digest(words: str) -> str:
    """What tells words from others, whatever their case and the space between them."""
    plain = " ".join(unicodedata.normalize("NFC", words).casefold().split())
    return sha256(plain.encode()).hexdigest()


def find(text: str, people: Iterable[str] = ()) -> list[Hit]:
    """What of a text a person has to look at, in the order of the text; no two overlap.

    Args:
        text: what is to be published.
        people: the names of those who had to do with the assessment.
    """
    found = [
        *_matches(FlagKind.EMAIL, _EMAIL, text),
        *_matches(FlagKind.EMAIL, _SPELT, text),
        *(hit for hit in _matches(FlagKind.PHONE, _PHONE, text)
          if sum(map(str.isdigit, hit.words)) in _DIGITS),
        *_names(text, people),
        *_matches(FlagKind.SECURITY, _SECURITY, text),
    ]  # fmt: skip
    return _apart(found)


def _matches(kind: FlagKind, pattern: re.Pattern[str], text: str) -> Iterator[Hit]:
    for match in pattern.finditer(text):
        yield Hit(kind, match.start(), match.end(), match[0])


def _names(text: str, people: Iterable[str]) -> Iterator[Hit]:
    told = {name for finder in _FINDERS for name in finder(text)}
    for match in _TITLED.finditer(text):
        words = _capital(match["name"])
        if words:
            end = match.start("name") + len(words)
            yield Hit(FlagKind.NAME, match.start(), end, text[match.start() : end])
    yield from _beside_roles(text)
    for name in {*people, *told}:
        parts = [part for part in re.split(r"\s+", name.strip()) if part]
        if len(parts) > 1:
            whole = r"\s+".join(map(re.escape, parts))
            pattern = re.compile(rf"(?<!\w){whole}(?!\w)", re.IGNORECASE)
            yield from _matches(FlagKind.NAME, pattern, text)
    for part in {part for name in people for part in re.split(r"[\s,.]+", name)}:
        # A word alone is a name only with a capital: "will" is not Will.
        if len(part) >= _SHORTEST and part.casefold() not in _NO_NAME:
            capital = re.escape(part[:1].upper() + part[1:])
            yield from _matches(FlagKind.NAME, re.compile(rf"(?<!\w){capital}(?!\w)"), text)


def _beside_roles(text: str) -> Iterator[Hit]:
    """First names alone, told by a role beside them."""
    for pattern in _BESIDE_ROLE:
        for match in pattern.finditer(text):
            word = match["name"]
            if word.casefold() not in _NO_NAME | _NO_FIRST:
                yield Hit(FlagKind.NAME, match.start("name"), match.end("name"), word)


def _capital(words: str) -> str:
    """The first of these words, as far as each begins with a capital."""
    end = 0
    for match in re.finditer(_WORD, words):
        if not match[0][0].isupper():
            break
        end = match.end()
    return words[:end]


def _apart(found: Iterable[Hit]) -> list[Hit]:
    """The hits without those that lie within, or run into, a longer one before."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda each: (each.start, -each.end, each.kind.value)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def sentence(text: str, hit: Hit) -> Sentence:
    """The sentence that a hit stands in."""
    ends = [match.end() for match in _END.finditer(text)]
    start = max((end for end in ends if end <= hit.start), default=0)
    end = min((end for end in ends if end >= hit.end), default=len(text))
    return Sentence(text[start : hit.start].lstrip(), hit.words, text[hit.end : end].rstrip())


def redact(text: str, mark: str, instead: str, people: Iterable[str] = ()) -> str:
    """A text with words that were found in it replaced, wherever they stand.

    Args:
        mark: the digest of the words.
        instead: what stands there then.
        people: as for `find`.
    """
    pieces, at = [], 0
    for hit in find(text, people):
        if digest(hit.words) == mark:
            pieces += [text[at : hit.start], instead or REDACTED]
            at = hit.end
    return "".join([*pieces, text[at:]])
