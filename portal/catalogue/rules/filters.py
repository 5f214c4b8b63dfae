"""List filters as their addresses spell them: parsed once, unknown ones named, never guessed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from portal.catalogue import words
from portal.catalogue.component_words import Arrangement
from portal.catalogue.rules import reviews

PAGE_SIZE = 50
Pairs = Iterable[tuple[str, str]]
Key = tuple[str | int, int]


class ServiceSort(StrEnum):
    """Orders of the service list; `relevance` needs words to search for."""

    RELEVANCE = "relevance"
    NAME = "name"
    TRANSACTIONS = "transactions"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: rows strictly after (or before) this key."""

    key: Key
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class ServiceQuery:
    """What a service list is asked for. Empty tuples and None mean "any".

    `capability`, `component` and `arrangement` speak of one usage: "letters" with "GOV.UK Notify"
    asks for services that send letters with it.
    """

    text: str = ""
    phases: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()
    organisation: str | None = None
    capability: str | None = None
    component: str | None = None
    arrangement: str | None = None
    review: str | None = None
    sort: ServiceSort = ServiceSort.NAME
    cursor: Cursor | None = None

    @property
    def filtered(self) -> bool:
        """True where anything narrows the list."""
        return bool(
            self.text
            or self.phases
            or self.audiences
            or self.categories
            or self.apis
            or self.organisation
            or self.review
            or self.by_usage
        )

    @property
    def by_usage(self) -> bool:
        """True where the list is narrowed by how services meet their needs."""
        return bool(self.capability or self.component or self.arrangement)

    def without(self, facet: str) -> ServiceQuery:
        """The same query with one facet open, for that facet's own counts."""
        match facet:
            case "phases":
                return replace(self, phases=())
            case "audiences":
                return replace(self, audiences=())
            case "categories":
                return replace(self, categories=())
            case "apis":
                return replace(self, apis=())
        raise ValueError(facet)


@dataclass(frozen=True, slots=True)
class OrganisationQuery:
    """What an organisation list is asked for."""

    text: str = ""
    kinds: tuple[str, ...] = ()
    status: str | None = None
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class JourneyQuery:
    """What a journey list is asked for."""

    text: str = ""
    cursor: Cursor | None = None


def encode_key(key: Key) -> str:
    """A cursor's key as address text."""
    raw = json.dumps(list(key), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_key(text: str) -> Key | None:
    """The key in an address, or None where it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        value, id_ = json.loads(raw)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    if not isinstance(id_, int) or not isinstance(value, (str, int)):
        return None
    if isinstance(value, str) and any(c < " " or "\ud800" <= c <= "\udfff" for c in value):
        return None  # no database takes these, and no sort name has them
    if max(abs(id_), abs(value) if isinstance(value, int) else 0) >= 2**62:
        return None
    return value, id_


class Reader:
    """Reads known arguments from an address and remembers the rest as ignored."""

    def __init__(self, pairs: Pairs) -> None:
        """Take the arguments of an address; `page` means nothing in a list of keys."""
        self.values: dict[str, list[str]] = {}
        self.ignored: list[str] = []
        for name, value in pairs:
            self.values.setdefault(name, []).append(value)

    def texts(self, name: str) -> list[str]:
        """Every value of an argument that says something."""
        return [v.strip() for v in self.values.pop(name, []) if v.strip()]

    def one(self, name: str) -> str | None:
        """The first value of an argument."""
        found = self.texts(name)
        return found[0] if found else None

    def choices(self, name: str, allowed: Sequence[str] | None) -> tuple[str, ...]:
        """Each value that is allowed, once; None allows any."""
        kept: list[str] = []
        for value in self.texts(name):
            if allowed is not None and value not in allowed:
                self.ignored.append(f"{name}={value[:80]}")
            elif value not in kept:
                kept.append(value)
        return tuple(kept[:50])

    def cursor(self, textual: bool) -> Cursor | None:
        """The place in the list, of a key that is text or a number."""
        for name, backwards in (("after", False), ("before", True)):
            for value in self.texts(name):
                key = decode_key(value)
                if key is not None and isinstance(key[0], str) is textual:
                    return Cursor(key, backwards)
                self.ignored.append(name)
        return None

    def rest(self) -> tuple[str, ...]:
        """What was ignored, with the arguments that nobody asked for."""
        return tuple(self.ignored + sorted(n[:80] for n in self.values))


def parse_services(pairs: Pairs) -> tuple[ServiceQuery, tuple[str, ...]]:
    """A service query from an address's arguments, and the arguments that were ignored."""
    read = Reader(pairs)
    text = " ".join((read.one("q") or "").split())[:200]
    asked = read.one("sort")
    default = ServiceSort.RELEVANCE if text else ServiceSort.NAME
    sort = default
    if asked in set(ServiceSort) and (text or asked != ServiceSort.RELEVANCE):
        sort = ServiceSort(asked)
    elif asked:
        read.ignored.append(f"sort={asked[:80]}")
    query = ServiceQuery(
        text=text,
        phases=read.choices("phase", [p.value for p in words.Phase]),
        audiences=read.choices("audience", [a.value for a in words.Audience]),
        categories=read.choices("category", None),
        apis=read.choices("apis", [a.value for a in words.ApisAnswer]),
        organisation=read.one("organisation"),
        capability=read.one("capability"),
        component=read.one("component"),
        arrangement=_first(read.choices("arrangement", [a.value for a in Arrangement])),
        review=_first(read.choices("review", reviews.CHOICES)),
        sort=sort,
        cursor=read.cursor(textual=sort is ServiceSort.NAME),
    )
    return query, read.rest()


def _first(values: tuple[str, ...]) -> str | None:
    return values[0] if values else None


def parse_organisations(pairs: Pairs) -> tuple[OrganisationQuery, tuple[str, ...]]:
    """An organisation query from an address's arguments, and the ignored arguments."""
    read = Reader(pairs)
    text = " ".join((read.one("q") or "").split())[:200]
    status = read.choices("status", ["open", "closed"])
    query = OrganisationQuery(
        text=text,
        kinds=read.choices("kind", [k.value for k in words.OrganisationKind]),
        status=status[0] if len(status) == 1 else None,
        cursor=read.cursor(textual=not text),
    )
    return query, read.rest()


def parse_journeys(pairs: Pairs) -> tuple[JourneyQuery, tuple[str, ...]]:
    """A journey query from an address's arguments, and the ignored arguments."""
    read = Reader(pairs)
    text = " ".join((read.one("q") or "").split())[:200]
    return JourneyQuery(text, read.cursor(textual=not text)), read.rest()
