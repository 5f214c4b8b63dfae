"""The filters of the component list and of the storefront, as their addresses spell them."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalogue import component_words as words
from portal.catalogue.rules.filters import Cursor, Pairs, Reader


@dataclass(frozen=True, slots=True)
class ComponentQuery:
    """What a component list is asked for. Empty tuples and None mean "any"."""

    text: str = ""
    needs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    lifecycles: tuple[str, ...] = ()
    sector: str | None = None
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class FindQuery:
    """What somebody needs, chosen or in words of their own, and who asks: their sector, and the
    address or the name of their organisation.
    """

    text: str = ""
    needs: tuple[str, ...] = ()
    sector: str | None = None
    organisation: str | None = None


def _sector(read: Reader) -> str | None:
    chosen = read.choices("sector", [s.value for s in words.Sector])
    return chosen[0] if chosen else None


def parse_components(pairs: Pairs) -> tuple[ComponentQuery, tuple[str, ...]]:
    """A component query from an address's arguments, and the arguments that were ignored."""
    read = Reader(pairs)
    text = " ".join((read.one("q") or "").split())[:200]
    query = ComponentQuery(
        text=text,
        needs=read.choices("need", None),
        kinds=read.choices("kind", [k.value for k in words.ComponentKind]),
        lifecycles=read.choices("lifecycle", [x.value for x in words.Lifecycle]),
        sector=_sector(read),
        cursor=read.cursor(textual=not text),
    )
    return query, read.rest()


def parse_find(pairs: Pairs) -> tuple[FindQuery, tuple[str, ...]]:
    """A storefront query from an address's arguments, and the arguments that were ignored."""
    read = Reader(pairs)
    text = " ".join((read.one("q") or "").split())[:200]
    body = (read.one("organisation") or "")[:300] or None
    return FindQuery(text, read.choices("need", None), _sector(read), body), read.rest()
