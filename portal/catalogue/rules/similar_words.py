"""What a service's name and description say, without what every government text says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from portal.search.meanings import tokens
from portal.search.words import SOFT_WORDS, STOP_WORDS, words

MOST_LETTERS = 5_000
#: What a word weighs beside one that tells services apart.
SOFT, STOP, BRACKETED = 0.5, 0.1, 0.4

# A part of a title that has only these words speaks of a report ("Beta reassessment report") and
# not of the service, if one of _TELLING or an assessment of some sort is among them: Self
# Assessment and environmental impact assessments are services.
_TELLING = frozenset("alpha beta certification discovery live reassessment reassessments".split())
_ASSESSED = frozenset("assessment assessments".split())
_SORTS = frozenset("internal report reports review service services standard voluntary".split())
_AROUND = frozenset(
    """a and by default digital first for gds government of peer phase private public re results
    second self stage the third""".split()
)
_OF_REPORTS = _TELLING | _ASSESSED | _SORTS | _AROUND
# The same at the end of a part: where it starts, and what is in it after that.
_STARTS = _TELLING | _SORTS | {"private", "public"}
_LAST = _ASSESSED | {"certification", "reassessment", "reassessments"}
# What services do and who runs them. "Check" and "apply" say little about which service it is;
# "renew" and "cancel" say more, and are left out here.
_SOFT = SOFT_WORDS | frozenset(
    """able allow allowed allows application applications applicants check citizens currently
    customers department enable enables existing government information national office people
    platform portal process provide provided provides public request simple system team tool users
    way
    hmrc dvla dvsa dwp moj hmcts opg laa dfe esfa sfa skills dh dhsc nhs nhsbsa gds co fco fcdo dfid
    bis beis dbt dsit decc desnz dclg mhclg dluhc dcms defra apha rpa ea ho hmpo ukvi hmt mod dft
    ons ipo voa slc cma gov""".split()
)
# Two parts of one thing, or two services, but not two names of one: one name says one of these and
# the other name another of the same line. What is on either side of a stroke is no opposite.
_OPPOSITES = """
new, existing
apply, renewal, amend / change / vary, cancel, transfer, reissue / replace, revoke
import, export
birth, death, marriage, adoption, divorce
full, part
lower, higher
physical, digital
buy, sell
arrival, departure
employer, employee
adult, child
manager, provider
north, south, east, west
england, scotland, wales, ireland
"""
_LINK = re.compile(r"!?\[([^\]]{0,500})\]\([^)\s]{0,2000}(?:\s+\"[^\"]{0,500}\")?\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_PARTS = re.compile(r"(\([^()]*\)|\[[^\[\]]*\])|[\u2013\u2014|]+|\s-+\s|:\s")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
# What stands above reports where a description was not written.
_NO_DESCRIPTION = (
    "self certifications are run internally",
    "the digital leader will certify",
    "the self certification process is",
    "we are publishing the reports",
    "department agency",
)


#: By lines of _OPPOSITES: the sides that a name takes, and the words it takes them with.
Sides = dict[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Word:
    """A token of a name, as it is written there, and from 0 to 1 how much it says."""

    token: str
    written: str
    weight: float


def plain(text: str) -> str:
    """At most 5,000 characters of a text without HTML entities, Markdown and addresses."""
    text = _LINK.sub(r"\1 ", html.unescape(text[:MOST_LETTERS]))
    return _ADDRESS.sub(" ", text).replace("*", " ").replace("_", " ")


def name_words(name: str) -> tuple[Word, ...]:
    """The words of a name or title, without what it says of a report about the service.

    What is in brackets counts less, and so do the words that an abbreviation in brackets stands
    for: "Statutory Off Road Notification (SORN)".
    """
    parts = [part for part in _parts(plain(name)) if not _of_report(part[0])]
    found: list[Word] = []
    for written, bracketed in parts:
        said = _without_report(written)
        short = said[0] if bracketed and len(said) == 1 else ""
        weight = BRACKETED if bracketed else 1.0
        if short and (size := _spelt_out(short, found)):
            weight = 1.0
            found[-size:] = [
                replace(word, weight=word.weight * BRACKETED) for word in found[-size:]
            ]
        found += [_weighed(token, shown, weight) for token, shown in tokens(said)]
    if not found:
        found = [_weighed(token, shown, 1.0) for token, shown in tokens(words(name))]
    return tuple(found)


def sentences(text: str) -> Iterator[tuple[str, ...]]:
    """The words of each sentence of a description, without those that describe no service."""
    for sentence in _SENTENCE.split(plain(text)):
        said = words(sentence)
        if said and not " ".join(said).startswith(_NO_DESCRIPTION):
            yield tuple(said)


def softness(written: str) -> float:
    """How much a word says, from 0 to 1, wherever it stands."""
    return STOP if written in STOP_WORDS else SOFT if written in _SOFT else 1.0


def sides(name: Iterable[Word]) -> Sides:
    """What in a name another could say the opposite of. Numbers are such words too ("section 4",
    "section 95"), years are not.
    """
    found: Sides = {}
    for word in name:
        for line, side in _opposites().get(word.token, ()):
            found.setdefault(line, {}).setdefault(side, word.written)
        if word.token.isdigit() and len(word.token) != 4:
            found.setdefault(-1, {}).setdefault(word.token, word.written)
    return found


def opposed(one: Sides, other: Sides) -> tuple[str, str] | None:
    """The words in which two names say opposite things ("new", "existing"), or None."""
    for line in sorted(one.keys() & other.keys()):
        if one[line].keys().isdisjoint(other[line]):
            return next(iter(one[line].values())), next(iter(other[line].values()))
    return None


def _parts(name: str) -> Iterator[tuple[list[str], bool]]:
    at = 0
    for found in _PARTS.finditer(name):
        yield words(name[at : found.start()]), False
        if found[1]:
            yield words(found[1]), True
        at = found.end()
    yield words(name[at:]), False


def _of_report(said: list[str]) -> bool:
    if not _OF_REPORTS.issuperset(said):
        return False
    assessed = not _ASSESSED.isdisjoint(said) and not _SORTS.isdisjoint(said)
    return assessed or not _TELLING.isdisjoint(said)


def _without_report(said: list[str]) -> list[str]:
    """The words up to a report's at the end: "Pay a fine private beta assessment report"."""
    for at in range(1, len(said) - 1):
        end = said[at:]
        starts = end[0] in _STARTS or end[:2] == ["self", "certification"]
        if starts and _of_report(end) and not _LAST.isdisjoint(end[1:]):
            return said[:at]
    return said


def _spelt_out(short: str, found: list[Word]) -> int:
    """How many of the last words found an abbreviation stands for; 0 for none."""
    for size in range(1, min(len(short) + 3, len(found)) + 1):
        said = " ".join(word.written for word in found[-size:]).split()
        telling = [word for word in said if word not in STOP_WORDS]
        if short in ("".join(w[0] for w in said), "".join(w[0] for w in telling)) and said[1:]:
            return size
    return 0


def _weighed(token: str, written: str, weight: float) -> Word:
    return Word(token, written, weight * softness(written))


@cache
def _opposites() -> dict[str, list[tuple[int, str]]]:
    """For each token in which lines it is, and on which side there."""
    found: dict[str, list[tuple[int, str]]] = {}
    for at, line in enumerate(_OPPOSITES.strip().splitlines()):
        for side in line.split(", "):
            for token, _ in tokens(words(side)):
                found.setdefault(token, []).append((at, side))
    return found
