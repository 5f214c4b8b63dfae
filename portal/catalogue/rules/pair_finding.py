"""Which of the records looked up for one are alike enough to ask a person about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.catalogue.rules.matching import NameIndex
from portal.catalogue.rules.similar import (
    Comparer,
    Known,
    Likeness,
    Profile,
    Rarity,
    Read,
    read,
)
from portal.catalogue.words import RecordKind

#: A pair less alike than this is not shown.
LEAST = 0.5
#: Two bodies with one website.
SAME_WEBSITE = 0.9
#: Of one record, so many of those most like it.
MOST = 10
#: Fields that a likeness rests on: a change of others makes no new pairs.
TELLING = {
    RecordKind.SERVICE: frozenset(
        {"name", "names", "purpose", "start_page", "service_address", "links"}
    ),
    RecordKind.ORGANISATION: frozenset(
        {"name", "names", "aliases", "website", "kind", "start_date", "end_date", "successions",
         "parents"}
    ),
}  # fmt: skip


class Finder:
    """Compares services with those that were looked up for them.

    Args:
        known: what is known of each, by id; of all that are to be compared.
        rarity: gives, for tokens, in how many services of the catalogue each is.
    """

    def __init__(
        self, known: Mapping[int, Known], rarity: Callable[[Collection[str]], Rarity]
    ) -> None:
        """Read every service once."""
        self._read: dict[int, Read] = {id_: read(each) for id_, each in known.items()}
        tokens: set[str] = set()
        for each in self._read.values():
            tokens |= each.tokens()
        self._comparer = Comparer(rarity(tokens))
        self._profiles: dict[int, Profile] = {}

    def like(self, id_: int, others: Iterable[int], keep: Collection[int]) -> dict[int, Likeness]:
        """Of the others, by id, those alike enough to this one: the most alike of them, and any in
        `keep`.
        """
        mine = self._profile(id_)
        scores = {
            other: self._comparer.score(mine, self._profile(other))
            for other in others
            if other in self._read
        }
        enough = [other for other in scores if scores[other] >= LEAST]
        ranked = sorted(enough, key=lambda other: (-scores[other], other))
        chosen = dict.fromkeys([*ranked[:MOST], *(other for other in ranked if other in keep)])
        return {
            other: Likeness(scores[other], self._comparer.why(mine, self._profile(other)))
            for other in chosen
        }

    def _profile(self, id_: int) -> Profile:
        if id_ not in self._profiles:
            self._profiles[id_] = self._comparer.profile(self._read[id_])
        return self._profiles[id_]


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of an organisation to tell whether it is another one.

    Attributes:
        names: in use, former and other ones.
        related: ids of bodies that it surely is not: above, below, before or after it.
    """

    id: int
    kind: str
    names: tuple[str, ...]
    website: str
    start: date | None
    end: date | None
    related: frozenset[int]

    def may_be(self, other: Body) -> bool:
        """False for bodies that the catalogue knows to be two: related, of another sort, or never
        there on the same day.
        """
        if other.id == self.id or other.id in self.related or self.kind != other.kind:
            return False
        return not (_before(self, other) or _before(other, self))


def _before(one: Body, other: Body) -> bool:
    return one.end is not None and other.start is not None and one.end <= other.start


class Bodies:
    """Finds the bodies that are in the catalogue twice: by every way of writing a name that would
    make a published name mean them, and by their website.

    Args:
        index: of the names of all.
        ids: the id behind each reference in the index.
        bodies: all of them, by id.
    """

    def __init__(self, index: NameIndex, ids: Mapping[str, int], bodies: Mapping[int, Body]):
        """Keep what all comparisons need."""
        self._index, self._ids, self._bodies = index, ids, bodies
        self._at: dict[str, list[int]] = {}
        for body in bodies.values():
            if body.website:
                self._at.setdefault(body.website, []).append(body.id)

    def like(self, id_: int) -> dict[int, Likeness]:
        """The bodies that this one may be, by id."""
        asked, found = self._bodies[id_], dict[int, Likeness]()
        for other, like in self._offers(asked):
            known = found.get(other)
            if self._bodies[other].may_be(asked) and (known is None or known.score < like.score):
                found[other] = like
        best = sorted(found, key=lambda other: (-found[other].score, other))[:MOST]
        return {other: found[other] for other in best}

    def _offers(self, asked: Body) -> Iterator[tuple[int, Likeness]]:
        for other in self._at.get(asked.website, ()):
            yield other, Likeness(SAME_WEBSITE, "same website")
        for name in asked.names:
            for named, sure, why in self._index.all_named(name):
                other = self._ids[named.id]
                if self._bodies[other].may_be(asked):
                    yield other, Likeness(sure, _said(name, named.name, why))


def _said(name: str, other: str, why: str) -> str:
    if name == other:
        return f"both are called “{name}”"
    return f"“{name}” and “{other}”: {why}"
