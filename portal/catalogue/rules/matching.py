"""Which organisation does a published name mean? Pure rules: no database, no web.

A match is made without a person only on strong evidence (the same name, spelled another way);
everything else is a suggestion. Similar names are very often different bodies (Gloucestershire
and Worcestershire), so likeness alone never decides, and nothing is ever merged.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from portal.catalogue.rules.spelling import (
    JOINERS,
    LOWER_TIER,
    MOST_LETTERS,
    SMALL,
    TIERS,
    Place,
    abbreviations,
    normalise,
    place_of,
)

__all__ = ["Match", "NameIndex", "Named", "Suggestion", "normalise"]

What = Literal["name", "official name", "welsh name", "abbreviation", "former name", "alias"]

MOST_SUGGESTIONS = 3
LEAST_SCORE = 0.5
# A slip of one letter is believed only in a long name with nothing else this near to it.
SLIP_PLACE_LETTERS = 7
SLIP_NAME_LETTERS = 15
SLIP_NOTHING_WITHIN = 3
LOCAL_AUTHORITY = "local_authority"
_PIECES = re.compile(r"\s[-\u2013\u2014~|:]\s|[/()|\[\]]")


@dataclass(frozen=True)
class Named:
    """One name of one organisation. The same organisation usually has several."""

    id: str
    name: str
    ended: date | None
    what: What
    kind: str
    started: date | None = None


@dataclass(frozen=True)
class Suggestion:
    """An organisation a person may mean, from 0 (nothing like it) to 1 (the same name)."""

    id: str
    score: float
    why: str


@dataclass(frozen=True)
class Match:
    """The answer for one name; `matched` is None unless no person is needed to decide.

    A sure match is also the only suggestion, so `suggestions` alone can be shown to people.
    """

    matched: str | None
    why: str
    suggestions: tuple[Suggestion, ...] = ()


# A body's own name outranks another body's by-name; a name it gave up comes last.
_RANK: dict[What, int] = {
    "name": 0,
    "official name": 0,
    "welsh name": 0,
    "abbreviation": 1,
    "alias": 2,
    "former name": 3,
}


#: How sure it is that two bodies are one that share a name: by what it is to the one that is
#: found, written otherwise, as an abbreviation, or but for one letter.
_SURE: dict[What, float] = {
    "name": 0.95, "official name": 0.95, "welsh name": 0.95, "abbreviation": 0.7, "alias": 0.9,
    "former name": 0.75,
}  # fmt: skip
_LOOSE, _ABBREVIATED, _SLIP = 0.85, 0.65, 0.8


def _live(named: Named, on: date | None) -> bool:
    if on is None:
        return named.ended is None
    begun = named.started is None or named.started <= on
    return begun and (named.ended is None or named.ended >= on)


def _ids(found: Iterable[Named]) -> set[str]:
    return {named.id for named in found}


def _settle(found: list[Named], on: date | None) -> tuple[Named | None, str]:
    """The one body a set of equally good names belongs to, if there is one."""
    best = min(_RANK[named.what] for named in found)
    found = [named for named in found if _RANK[named.what] == best]
    if len(_ids(found)) == 1:
        return found[0], ""
    live = [named for named in found if _live(named, on)]
    if len(_ids(live)) == 1:
        return live[0], f", and the only one {f'on {on.isoformat()}' if on else 'still there'}"
    return None, ""


def _ended(named: Named) -> str:
    return f" (ended {named.ended.isoformat()})" if named.ended else ""


def _sure(named: Named, why: str) -> Match:
    why = why + _ended(named)
    return Match(named.id, why, (Suggestion(named.id, 1.0, why),))


def _loose_key(key: str) -> str:
    """The words in one order, without those that are often left out."""
    return " ".join(sorted(w for w in key.split() if w != "hm" and w not in SMALL))


def _sorted_words(key: str) -> str:
    return " ".join(sorted(key.split()))


class NameIndex:
    """Every name of every organisation, ready to answer many names quickly."""

    def __init__(self, names: Iterable[Named]) -> None:
        """Order doesn't matter; two rows that say the same count once."""
        self._same: dict[str, list[Named]] = defaultdict(list)
        self._short: dict[str, list[Named]] = defaultdict(list)
        self._loose: dict[str, list[Named]] = defaultdict(list)
        self._initials: dict[str, list[Named]] = defaultdict(list)
        self._places: dict[str, list[Named]] = defaultdict(list)
        self._loose_places: dict[str, list[Named]] = defaultdict(list)
        self._forms: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._longer: dict[str, set[str]] = defaultdict(set)
        self._keys: dict[str, list[Named]] = defaultdict(list)
        for named in sorted(set(names), key=repr):
            self._add(named)
        self._weigh()

    def _add(self, named: Named) -> None:
        key = normalise(named.name)
        if not key:
            return
        if named.what == "abbreviation":
            self._short[key].append(named)
            return
        self._same[key].append(named)
        self._keys[key].append(named)
        for short in abbreviations(named.name):
            self._initials[short].append(named)
        if named.kind == LOCAL_AUTHORITY:
            self._add_place(named, key)
        else:
            self._loose[_loose_key(key)].append(named)

    def _add_place(self, named: Named, key: str) -> None:
        place = place_of(key)
        self._places[place.core].append(named)
        self._loose_places[place.loose].append(named)
        self._forms[named.id, place.loose] |= place.forms & TIERS
        if place.core != key:
            self._keys[place.core].append(named)
        words = place.core.split()
        if words[0] == "greater":
            self._longer[" ".join(words[1:])].add(named.id)
        for at, word in enumerate(words):
            if word in JOINERS:
                self._longer[" ".join(words[:at])].add(named.id)

    def _weigh(self) -> None:
        """How telling each word is: rare words tell bodies apart, `agency` doesn't."""
        self._order = list(self._keys)
        self._sorted = [_sorted_words(key) for key in self._order]
        self._cores = list(self._places)
        self._holding: dict[str, list[int]] = defaultdict(list)
        for at, key in enumerate(self._order):
            for word in dict.fromkeys(key.split()):
                self._holding[word].append(at)
        self._rare = math.log(len(self._order) + 1)
        self._weight = {w: self._rare - math.log(len(at)) for w, at in self._holding.items()}
        self._telling = [
            sum(self._weight[w] for w in dict.fromkeys(key.split())) for key in self._order
        ]

    def match(self, name: str, on: date | None = None) -> Match:
        """The organisation `name` means, or up to three it may mean.

        `on` is the date the name was written down, if known: it decides between bodies that
        had the same name one after the other.
        """
        key = normalise(name)
        if sum(character.isalpha() for character in key) < 2:
            return Match(None, "no name to look for")
        for why, found in self._lookups(key, name):
            if not found:
                continue
            one, note = self._choose(key, found, on)
            if one is None:
                why = "several organisations have this name"
                return Match(None, why, self._suggest(key, name, found, on))
            return _sure(one, f"{why}{note}")
        if one := self._by_pieces(name, key, on):
            return _sure(one, "every part of the name is a name of this organisation")
        if one := self._by_slip(key, on):
            return _sure(one, f"one letter away from {one.name}, and nothing else is near")
        return Match(None, "no organisation has this name", self._suggest(key, name, [], on))

    def all_named(self, name: str) -> Iterator[tuple[Named, float, str]]:
        """Every body that a name may be of, the surest ways first, with how sure and why: for
        finding bodies that are in the catalogue twice.
        """
        key = normalise(name)
        for why, found in self._lookups(key, name):
            for named in found:
                by_name = why.startswith("same as its") and named.what != "abbreviation"
                sure = _SURE[named.what] if by_name else _ABBREVIATED if "abb" in why else _LOOSE
                yield named, sure, f"same as its {named.what}" if by_name else why
        if len(key) >= SLIP_NAME_LETTERS:
            near = process.extract(
                key, self._order, scorer=OSA.distance, processor=None, score_cutoff=1, limit=4
            )
            for other, letters, _at in near:
                if letters == 1 and re.sub(r"\D", "", key) == re.sub(r"\D", "", str(other)):
                    why = f"one letter away from {other}"
                    yield from ((named, _SLIP, why) for named in self._keys[str(other)])

    def _choose(self, key: str, found: list[Named], on: date | None) -> tuple[Named | None, str]:
        # Dorset alone may mean the county council of before 2019 or the council made then:
        # only a date tells. With "Council" in it the name is one body's own.
        councils = any(named.kind == LOCAL_AUTHORITY for named in found)
        if councils and on is None and len(_ids(found)) > 1 and place_of(key).bare:
            return None, ""
        return _settle(found, on)

    def _lookups(self, key: str, name: str) -> Iterator[tuple[str, list[Named]]]:
        """Ways to find a body by the same name, surest first."""
        place = place_of(key)
        same = self._same.get(key, [])
        if place.bare and any(named.kind == LOCAL_AUTHORITY for named in same):
            same = same + [n for n in self._places.get(place.core, []) if n not in same]
        if same:
            yield f"same as its {min(same, key=lambda n: _RANK[n.what]).what}", same
        short = self._short.get(key, [])
        if len(key) < 3:  # two letters are too common a thing: only as the body writes them
            short = [named for named in short if named.name == name.strip()]
        yield "same as its abbreviation", short
        places = self._places.get(place.core, [])
        if not (place.bare and self._longer.get(place.core, set()) - _ids(places)):
            # Newcastle alone may be upon Tyne or under Lyme; London may be Greater London.
            yield "same place and kind of council", self._fitting(place, places)
        if place.loose:
            loose = self._loose_places.get(place.loose, [])
            if not (place.bare and self._longer.get(place.loose, set()) - _ids(loose)):
                yield "same place, written another way", self._fitting(place, loose)
        yield "same words", self._loose.get(_loose_key(key), [])

    def _fitting(self, place: Place, found: list[Named]) -> list[Named]:
        """Of the councils of that place, those the sort of council asked for can be."""
        asked = place.forms & TIERS
        if not asked:
            return found
        has = {named.id: self._forms[named.id, place.loose] for named in found}
        if exact := [named for named in found if has[named.id] & asked]:
            return exact
        # Borough, city and district are titles of one tier, which places gain and lose;
        # a county council is another body than the council of a town of that name.
        tier = {"county"} if "county" in asked else LOWER_TIER
        return [named for named in found if not has[named.id] or has[named.id] & tier]

    def _by_pieces(self, name: str, key: str, on: date | None) -> Named | None:
        """FCDO - Foreign Office: sure when each part alone means the same body."""
        pieces = [piece for piece in _PIECES.split(name[:MOST_LETTERS]) if piece.strip()]
        if len(pieces) < 2:
            return None
        ones: list[Named] = []
        for piece in pieces:
            part = normalise(piece)
            found = next((f for _, f in self._lookups(part, piece) if f), []) if part else []
            one = _settle(found, on)[0] if found else None
            if one is None or part == key:
                return None
            ones.append(one)
        return ones[0] if len(_ids(ones)) == 1 else None

    def _by_slip(self, key: str, on: date | None) -> Named | None:
        """A long name with one wrong, missing, extra or swapped letter."""
        place = place_of(key)
        asked = place.forms & TIERS
        # A place alone is not enough: Hillington is a place too, though not a borough; nor
        # is Council: Herefordshire and Hertfordshire are one letter apart.
        if asked and len(place.core) >= SLIP_PLACE_LETTERS:
            near = self._one_slip(place.core, self._cores)
            found = self._places[near] if near else []
            loose = place_of(near).loose if near else ""
            found = [n for n in found if self._forms[n.id, loose] & asked]
            return _settle(found, on)[0] if found else None
        if len(key) >= SLIP_NAME_LETTERS and (near := self._one_slip(key, self._order)):
            found = [n for n in self._keys[near] if n.kind != LOCAL_AUTHORITY]
            return _settle(found, on)[0] if found else None
        return None

    def _one_slip(self, wanted: str, known: list[str]) -> str | None:
        near = process.extract(
            wanted,
            known,
            scorer=OSA.distance,
            processor=None,
            score_cutoff=SLIP_NOTHING_WITHIN,
            limit=2,
        )
        if len(near) != 1 or near[0][1] != 1:
            return None
        found = str(near[0][0])
        # A wrong digit is another year or squadron; a wrong first letter is another place.
        same_digits = re.sub(r"\D", "", wanted) == re.sub(r"\D", "", found)
        return found if same_digits and wanted[0] == found[0] else None

    def _suggest(
        self, key: str, name: str, same: list[Named], on: date | None
    ) -> tuple[Suggestion, ...]:
        best: dict[str, tuple[float, bool, str]] = {}

        def offer(named: Named, score: float, why: str) -> None:
            rank = (min(round(score, 3), 0.99), _live(named, on), why + _ended(named))
            if score >= LEAST_SCORE and rank[:2] > best.get(named.id, (0.0, False))[:2]:
                best[named.id] = rank

        for named in same:
            offer(named, 0.99, f"same as {named.name}")
        for named in self._initials.get(key, []):
            offer(named, 0.8, f"the initials of {named.name}")
        pieces = _PIECES.split(name[:MOST_LETTERS])
        if key.endswith(" councils"):  # Adur & Worthing Councils
            pieces += key.removesuffix(" councils").split(" and ")
        for piece in pieces:
            part = normalise(piece)
            if part and part != key:
                for named in next((f for _, f in self._lookups(part, piece) if f), []):
                    offer(named, 0.85, f"part of the name is {named.name}")
        for at, score in self._alike(key).items():
            for named in self._keys[self._order[at]]:
                offer(named, score, f"much like {named.name}")
        ranked = sorted(best.items(), key=lambda one: (-one[1][0], not one[1][1], one[0]))
        return tuple(Suggestion(i, s, w) for i, (s, _, w) in ranked[:MOST_SUGGESTIONS])

    def _alike(self, key: str) -> dict[int, float]:
        """Index names like this one: by letters for slips, by telling words for the rest."""
        scores: dict[int, float] = {}
        core = place_of(key).core
        for wanted in dict.fromkeys((key, core)):
            near = process.extract(
                _sorted_words(wanted),
                self._sorted,
                scorer=fuzz.ratio,
                processor=None,
                score_cutoff=65,
                limit=8,
            )
            for _, score, at in near:
                scores[at] = max(scores.get(at, 0.0), score / 100)
            words = dict.fromkeys(wanted.split())
            shared: dict[int, float] = defaultdict(float)
            for word in words:
                for at in self._holding.get(word, ()):
                    shared[at] += self._weight[word]
            mine = sum(self._weight.get(word, self._rare) for word in words) or 1.0
            for at in heapq.nsmallest(60, shared, key=lambda i: (-shared[i], i)):
                # What this name says counts for more than what it leaves out.
                score = shared[at] / (0.75 * mine + 0.25 * self._telling[at])
                scores[at] = max(scores.get(at, 0.0), 0.95 * score)
        return scores
