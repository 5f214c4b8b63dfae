"""What imports bring beside records: taken back as far as nobody changed it since.

A record that changed after an import stands in the way of its undo. Figures do not: the ones that
somebody revised stay, and the others go. A feature above the catalogue registers its kind when the
portal is wired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.audit import Act


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of what is kept with records.

    Attributes:
        thing: what the history calls it.
        take_back: takes back what an import (by its id) brought, whose services (by their ids) go
            as well; gives counts, and raises Clash where something else of these services stays.
        stays: says what an import brought and somebody changed since, a line each.
    """

    thing: str
    take_back: Callable[[Session, int, Collection[int], Act, str], dict[str, int]]
    stays: Callable[[Session, int], Iterable[str]]


_KINDS: dict[str, Kept] = {}


def register(kind: Kept) -> None:
    """Have a kind known from now on; a second one of the same name takes its place."""
    _KINDS[kind.thing] = kind


def kinds() -> list[Kept]:
    """Those that are registered."""
    return list(_KINDS.values())


def things() -> frozenset[str]:
    """What the history calls them."""
    return frozenset(_KINDS)
