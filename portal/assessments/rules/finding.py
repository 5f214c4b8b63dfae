"""Sentences of reports that tell what is broken: candidates for a person to read, no facts.

A score says how likely that is, by words: what was lacking or asked for, and where it stands.
Praise and the formalities of a report are left out. The point and the need are guesses as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.assessments.rules.finding_words import (
    AMISS,
    ASKED,
    ASKS,
    FORMAL,
    GENERAL,
    HANGING,
    HEADING,
    IMPERATIVE,
    LACKING,
    NUMBERED,
    NUMBERS,
    OTHERS,
    PRAISE,
    SUMS_UP,
    TURN,
)
from portal.catalogue.rules.mining import sentences
from portal.search.meanings import tokens
from portal.search.words import STOP_WORDS, words

#: Sentences below this are not suggested; the best there is has 100.
LEAST = 45
SHORTEST, LONGEST = 45, 420


class Said(NamedTuple):
    """A sentence with the headings that it stands under, the nearest last."""

    position: int
    text: str
    headings: tuple[str, ...]


class Suggestion(NamedTuple):
    """A sentence that may tell what is broken; `point` is a number of the version in question,
    `need` the address of a capability.
    """

    position: int
    sentence: str
    score: int
    point: int | None
    need: str | None


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a version, ready to be guessed from words."""

    titles: Mapping[int, str]
    failed: frozenset[int] = frozenset()
    _stems: dict[int, Counter[str]] = field(default_factory=dict)
    _rarity: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Weigh each word by how few titles have it."""
        often: Counter[str] = Counter()
        for number, title in self.titles.items():
            self._stems[number] = Counter(_stems(title))
            often.update(set(self._stems[number]))
        self._rarity.update({stem: 1 / many for stem, many in often.items()})

    def guess(self, said: Said) -> int | None:
        """The point that a sentence is about: by the number in a heading, else by its words."""
        begun = NUMBERS.match(said.text)
        for heading in (*([begun[0]] if begun else []), *reversed(said.headings)):
            numbers = [n for n in named(heading) if n in self.titles]
            if len(numbers) == 1:
                return numbers[0]
            if numbers:
                return self._likeliest([heading], said.text, numbers)
        return self._likeliest(said.headings[-1:], said.text, list(self.titles), 0.9)

    def _likeliest(
        self, headings: Iterable[str], text: str, numbers: Sequence[int], least: float = 0.0
    ) -> int | None:
        heading = {stem for each in headings for stem in _stems(each)}
        spoken = set(_stems(text)) - _EVERYWHERE
        worth = {
            n: sum(self._rarity[s] * (2 * (s in heading) + (s in spoken)) for s in self._stems[n])
            for n in numbers
        }
        best = max(numbers, key=lambda n: (worth[n], n in self.failed, -n), default=None)
        if best is None or worth[best] < least:
            return None
        rivals = [n for n in numbers if n != best and worth[n] == worth[best]]
        return None if least and rivals and best not in self.failed else best


class Needs:
    """The words of needs, ready to be found in sentences."""

    def __init__(self, called: Mapping[str, Iterable[str]]) -> None:
        """Take the name and the keywords of each need, by its address."""
        self._phrases: dict[tuple[str, ...], str] = {}
        for slug, names in called.items():
            for name in names:
                phrase = tuple(_whole(name))
                if phrase and (len(phrase) > 1 or name.casefold() not in GENERAL):
                    self._phrases.setdefault(phrase, slug)
        self._longest = max(map(len, self._phrases), default=0)

    def guess(self, text: str) -> str | None:
        """The need that a sentence speaks of, by the longest of its words that it has."""
        spoken = _whole(text)
        for size in range(min(self._longest, len(spoken)), 0, -1):
            for at in range(len(spoken) - size + 1):
                found = self._phrases.get(tuple(spoken[at : at + size]))
                if found:
                    return found
        return None


def _stems(text: str) -> list[str]:
    return [token for token, _ in tokens([w for w in words(text) if w not in STOP_WORDS])]


def _whole(text: str) -> list[str]:
    return [token for token, _ in tokens(words(text))]


#: Words of almost every sentence, which say nothing of its point.
_EVERYWHERE = frozenset(
    _stems(
        "service team user users needs manager panel plan work people digital government "
        "support data level system test build design product live beta alpha open out other new "
        "make first time identify understand evaluate meet full operate choose process on-going "
        "including problem whole define success publish create everyone encourage improve"
    )
)


def named(heading: str) -> list[int]:
    """The numbers of points that a heading names: "Point 10 - …", "(points 8 and 18 …)"."""
    found = [int(n) for group in NUMBERS.findall(heading) for n in re.findall(r"\d+", group)]
    first = NUMBERED.match(heading)
    return found or ([int(first[1])] if first else [])


def said_in(body: str) -> Iterator[Said]:
    """The sentences of a report's text in their order, without tables and headings."""
    headings: dict[int, str] = {}
    part: list[str] = []
    position = 0
    for line in [*body.splitlines(), "# end"]:
        match = HEADING.match(line.replace("&nbsp;", " "))
        if match is None:
            if not line.lstrip().startswith("|"):
                part.append(line)
            continue
        for text in sentences("\n".join(part)):
            position += 1
            yield Said(position, text, tuple(headings.values()))
        part.clear()
        level = 1 if match["hash"] else 2 if match["bold"] else 3
        text = match["hash"] or match["bold"] or match["slanted"]
        headings = {at: above for at, above in headings.items() if at < level}
        headings[level] = text.strip(" *_:")


def score(said: Said) -> int:
    """How likely it is that a sentence tells what is broken, from 0 to 100."""
    text = said.text
    if not SHORTEST <= len(text) <= LONGEST or text.endswith((":", "?")):
        return 0
    if FORMAL.search(text) or text.startswith("If ") or text.count("[") > 1:
        return 0
    # What follows "but" counts; what was said before it is often praise.
    turned = TURN.split(text)[-1]
    telling = turned if len(turned) >= SHORTEST and turned != text else text
    if PRAISE.search(telling):
        return 0
    worth = 0
    lacking, asked = _lacks(telling), ASKED.search(telling)
    first = text.strip("\"“‘'- ")
    wanted = asked or (IMPERATIVE.match(first) and _under(said, ASKS))
    worth += lacking
    worth += 30 if wanted else 0
    if worth < 30:
        return 0
    worth += 15 if _under(said, ASKS) else 0
    worth -= 25 if said.headings and SUMS_UP.search(said.headings[-1]) else 0
    worth -= 20 if HANGING.match(first) and telling is text else 0
    worth -= 8 if len(text) > 300 else 0
    worth -= 15 if PRAISE.search(text) else 0
    return max(0, min(100, worth))


def _lacks(text: str) -> int:
    """What it is worth that something is lacking or wrong, as far as the words go."""
    for match in LACKING.finditer(text):
        if not OTHERS.intersection(text[: match.start()].lower().split()[-3:]):
            return 55
    return 20 if LACKING.search(text) or AMISS.search(text) else 0


def _under(said: Said, headings: re.Pattern[str]) -> bool:
    return any(headings.search(heading) for heading in said.headings)


def suggestions(body: str, points: Points | None, needs: Needs) -> list[Suggestion]:
    """The sentences of a report that may tell what is broken, in their order, each once."""
    found: dict[str, Suggestion] = {}
    for said in said_in(body):
        worth = score(said)
        if not worth or said.text in found:
            continue
        point = points.guess(said) if points else None
        need = needs.guess(said.text)
        if points and point in points.failed:
            worth = min(100, worth + 15)
        if worth < LEAST:
            continue
        found[said.text] = Suggestion(said.position, said.text, worth, point, need)
    return list(found.values())


def alike(one: str, other: str) -> float:
    """How much two sentences share of their words, from 0 to 1."""
    return _shared(set(_stems(one)), set(_stems(other)))


def _shared(one: Collection[str], other: Collection[str]) -> float:
    both = len(set(one) & set(other))
    return both / (len(set(one) | set(other)) or 1)


def together(texts: Sequence[str], least: float = 0.25) -> list[int]:
    """The places of sentences in an order in which those that are alike follow each other, each
    group where its first one stood.
    """
    stems = [set(_stems(text)) for text in texts]
    found: list[int] = []
    left = list(range(len(texts)))
    while left:
        first = left[0]
        group = [n for n in left if n == first or _shared(stems[first], stems[n]) >= least]
        found += group
        left = [n for n in left if n not in group]
    return found
