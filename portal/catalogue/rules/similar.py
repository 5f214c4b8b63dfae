"""How alike two services are, and in what: for finding records of one service. Suggestions only.

Pure rules: no database, no web. The likeness is a blend of two TF-IDF cosines, 0.6 of the letters
of the names (runs of 3 to 5) and 0.4 of the words of names and descriptions; an address or name
that both have outranks it. docs/decisions/0012-duplicates.md says what was measured.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

from portal.addresses import is_web_address
from portal.catalogue.rules.similar_words import (
    SOFT,
    STOP,
    Sides,
    Word,
    name_words,
    opposed,
    sentences,
    sides,
    softness,
)
from portal.search.meanings import Token, tokens
from portal.search.words import stem

NAME, WORDS = 0.6, 0.4
#: The least that an address, and the same name, are worth.
SAME_ADDRESS, SAME_NAME = 0.9, 0.6
#: What is left of a likeness where the names say opposite things.
OPPOSED = 0.75
#: The most it counts as likeness of names that one description has the words of the other's name.
SPOKEN_OF = 0.6
GRAMS = (3, 4, 5)
MOST_NAMES = 5
#: Names whose letters are this much alike are spelt alike, if they have no word in common.
SPELT_ALIKE = 0.3
#: A word in more of the services than this is not named as what two of them share.
COMMON = 0.05
#: What two names must share to be told of it: more than "the".
LEAST_SAID = 0.5

Signal = tuple[str, str]
Sentence = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a service. Only the name is needed.

    Attributes:
        other_names: former names, synonyms and abbreviations.
        signals: what `signals` made of its addresses and identifiers.
    """

    name: str
    summary: str = ""
    other_names: tuple[str, ...] = ()
    signals: frozenset[Signal] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """From 0 (nothing in common) to 1 (the same name and description), and why, in words."""

    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """A service as its words: of its name and other names, and of each sentence said of it."""

    known: Known
    names: tuple[tuple[Word, ...], ...]
    said: tuple[Sentence, ...]

    def tokens(self) -> set[str]:
        """Every token in it."""
        return {word.token for name in self.names for word in name} | {
            token for sentence in self.said for token, _ in sentence
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """A service made ready to be compared; `Comparer.profile` makes it."""

    known: Known
    name: tuple[Word, ...]
    key: str
    keys: frozenset[str]
    grams: tuple[Mapping[str, float], ...]
    words: Mapping[str, float]
    spoken: frozenset[str]
    signals: frozenset[Signal]
    sides: Sides


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many of how many services a token is: what is rare tells services apart."""

    services: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    def of(self, token: str) -> float:
        """The weight of a token: 1 where every service has it, more the rarer it is."""
        return 1 + math.log(
            (self.services + 1) / (min(self.counts.get(token, 0), self.services) + 1)
        )


def signals(
    start_page: str | None = None,
    service_address: str | None = None,
    repositories: Iterable[str] = (),
    identifiers: Iterable[str] = (),
) -> frozenset[Signal]:
    """What is one service's alone: addresses by host and path, and identifiers as they are.

    An address without a path counts only where the host is the service's own, so not as a start
    page or a repository.
    """
    found = {("identifier", text.strip()) for text in identifiers if text.strip()}
    addresses = [("start page", start_page), ("service address", service_address)]
    for kind, address in [*addresses, *(("repository", each) for each in repositories)]:
        place = place_of(address or "")
        if place and ("/" in place or kind == "service address"):
            found.add((kind, place))
    return frozenset(found)


def place_of(address: str) -> str:
    """Host and path of a web address, without `www.` and a last slash; "" for anything else."""
    if not is_web_address(address):
        return ""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    return host + re.sub(r"(?:\.git)?/*$", "", parts.path)


def read(known: Known) -> Read:
    """The words of a service, read once for counting and for comparing."""
    names = [known.name, *known.other_names[:MOST_NAMES]]
    return Read(known, tuple(map(name_words, names)), _said(known.summary))


def _said(summary: str) -> tuple[Sentence, ...]:
    return tuple(tuple(tokens(sentence)) for sentence in sentences(summary))


class Comparer:
    """Compares services by what is rare among them.

    Args:
        rarity: of the tokens; `Rarity()` for "all are alike".
        shared: sentences to pass over, since they stand in many descriptions.
    """

    def __init__(self, rarity: Rarity, shared: Iterable[Sentence] = ()) -> None:
        """Keep what all profiles are made with."""
        self.rarity = rarity
        self._shared = frozenset(shared)

    def profile(self, service: Read) -> Profile:
        """The service, ready to be compared with others of the same comparer."""
        known, name = service.known, service.names[0]
        told = [token for sentence in self._telling(service.said) for token in sentence]
        counts = Counter(token for token, _ in told)
        counts.update({word.token for word in name})
        soft = {token: softness(written) for token, written in told}
        soft |= {word.token: softness(word.written) for word in name}
        weights = {
            token: (1 + math.log(count)) * self.rarity.of(token) * soft[token]
            for token, count in counts.items()
            if soft[token] > STOP
        }
        return Profile(
            known,
            name,
            key_of(name),
            frozenset(filter(None, map(key_of, service.names))),
            tuple(map(self._grams, service.names)),
            unit(weights),
            frozenset(token for token, _ in told),
            known.signals,
            sides(name),
        )

    def _grams(self, name: tuple[Word, ...]) -> Mapping[str, float]:
        found: dict[str, float] = defaultdict(float)
        for word in dict.fromkeys(name):
            weight = word.weight * self.rarity.of(word.token)
            for gram in grams(word.token):
                found[gram] += weight
        return unit(found)

    def score(self, one: Profile, other: Profile) -> float:
        """How alike two services are, from 0 to 1, whichever is named first."""
        said = cosine(one.words, other.words)
        spoken = max(self._spoken_of(one, other), self._spoken_of(other, one))
        score = NAME * max(_names(one, other), SPOKEN_OF * spoken) + WORDS * said
        if opposed(one.sides, other.sides):
            score *= OPPOSED
        if one.keys & other.keys:
            score = max(score, SAME_NAME + WORDS * said)
        if one.signals & other.signals:
            score = max(score, SAME_ADDRESS + (1 - SAME_ADDRESS) * score)
        return min(round(score, 9), 1.0)

    def why(self, one: Profile, other: Profile) -> str:
        """In words, what two services have in common, and what speaks against it."""
        one, other = sorted((one, other), key=lambda profile: profile.known.name)
        reasons = [f"same {kind}" for kind in sorted({k for k, _ in one.signals & other.signals})]
        if one.key == other.key:
            reasons.append("same name")
        elif one.keys & other.keys:
            reasons.append("a name of one is a name of the other")
        elif named := self._both_say(one, other):
            reasons.append(f"both names say {_listed(named)}")
        elif (names := _names(one, other)) > SPELT_ALIKE:
            reasons.append("names spelt much alike")
        elif max(self._spoken_of(one, other), self._spoken_of(other, one)) > names:
            reasons.append("one description has the words of the other’s name")
        if one.spoken and one.known.summary == other.known.summary:
            reasons.append("same description")
        elif shared := self._both_speak_of(one, other):
            reasons.append(f"both speak of {_listed(shared)}")
        if against := opposed(one.sides, other.sides):
            reasons.append("but one says “{}”, the other “{}”".format(*against))
        return "; ".join(reasons) or "little in common"

    def _spoken_of(self, one: Profile, other: Profile) -> float:
        """How much of one's name the other's description says, from 0 to 1."""
        heard = {w.token for w in one.name if w.weight > SOFT and w.token in other.spoken}
        if len(heard) < 2:  # one word alone is in many descriptions
            return 0.0
        weights = {w.token: w.weight * self.rarity.of(w.token) for w in one.name if w.weight > STOP}
        return sum(w for t, w in weights.items() if t in other.spoken) / sum(weights.values())

    def _both_say(self, one: Profile, other: Profile) -> list[str]:
        theirs = {word.token for word in other.name}
        runs: list[list[Word]] = [[]]
        for word in one.name:
            if word.token in theirs:
                runs[-1].append(word)
            elif runs[-1]:
                runs.append([])
        worth: dict[str, float] = {}
        for run in map(_trimmed, runs):
            text = " ".join(word.written for word in run)
            worth[text] = sum(word.weight * self.rarity.of(word.token) for word in run)
        return _best(worth, LEAST_SAID)

    def _both_speak_of(self, one: Profile, other: Profile) -> list[str]:
        """What both descriptions say beside the names: two words in a row sooner than one."""
        named = {word.token for word in (*one.name, *other.name)}
        mine, theirs = self._phrases(one), self._phrases(other)
        worth = {
            mine[phrase]: sum(map(self.rarity.of, phrase))
            for phrase in mine.keys() & theirs.keys()
            if not named.issuperset(phrase)
        }
        return _best(worth, 0.0)

    def _phrases(self, profile: Profile) -> dict[tuple[str, ...], str]:
        found: dict[tuple[str, ...], str] = {}
        for sentence in self._telling(_said(profile.known.summary)):
            told = [token if self._tells(*token) else None for token in sentence]
            for before, token in pairwise([None, *told]):
                if token:
                    found.setdefault((token[0],), token[1])
                if token and before:
                    found.setdefault((before[0], token[0]), f"{before[1]} {token[1]}")
        return found

    def _tells(self, token: str, written: str) -> bool:
        common = self.rarity.counts.get(token, 0) > max(COMMON * self.rarity.services, 2)
        return softness(written) == 1 and len(written) > 3 and not common

    def _telling(self, said: Iterable[Sentence]) -> list[Sentence]:
        return [sentence for sentence in said if sentence not in self._shared]


def key_of(name: Iterable[Word]) -> str:
    """A name normalised: equal for names that differ in case, endings and small words only."""
    telling = [word.written for word in name if word.weight > STOP]
    return " ".join(stem(word) for word in " ".join(telling).split())


def grams(token: str) -> list[str]:
    """The runs of 3 to 5 letters of a token with a space on either side."""
    around = f" {token} "
    return [around[at : at + n] for n in GRAMS for at in range(len(around) - n + 1)]


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two vectors of length 1."""
    if len(one) > len(other):
        one, other = other, one
    return min(1.0, math.fsum(one[key] * other[key] for key in one.keys() & other.keys()))


def unit(vector: Mapping[str, float]) -> dict[str, float]:
    """The vector at length 1; an empty one as it is."""
    length = math.sqrt(math.fsum(value * value for value in vector.values()))
    return {key: value / length for key, value in vector.items()} if length else {}


def _names(one: Profile, other: Profile) -> float:
    """How alike the letters of the names are: of those names of each that are most alike."""
    return max(cosine(a, b) for a in one.grams for b in other.grams)


def _best(worth: Mapping[str, float], least: float) -> list[str]:
    """The two texts that say most, neither within the other."""
    found: list[str] = []
    for text in sorted(worth, key=lambda text: (-worth[text], text)):
        if worth[text] > least and not any(f" {text} " in f" {other} " for other in found):
            found.append(text)
    return found[:2]


def _trimmed(run: list[Word]) -> list[Word]:
    """A run of words without small words at its ends."""
    while run and run[0].weight <= STOP:
        run = run[1:]
    while run and run[-1].weight <= STOP:
        run = run[:-1]
    return run


def _listed(texts: Sequence[str]) -> str:
    return " and ".join(f"“{text}”" for text in texts)
