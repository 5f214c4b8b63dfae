"""The provider's list of who uses a component beside what services declare themselves.

A list of counts names no service: it is compared by organisation and confirms nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from portal.catalogue.component_words import Reconciled

#: In this order lists show them.
ORDER = tuple(Reconciled)
_PLACES = {side: place for place, side in enumerate(ORDER)}


class Row(NamedTuple):
    """An organisation or a service as both sides have it.

    Attributes:
        side: how they stand to each other.
        name: what the catalogue calls it; what the provider does, where nobody knows what it means.
        slug: its part of the address, where it is in the catalogue.
        published: the provider's own words, each once.
        theirs: what the provider says: how many services, or since when.
        ours: what the catalogue says.
        organisation: of a service.
    """

    side: Reconciled
    name: str
    slug: str | None
    published: tuple[str, ...] = ()
    theirs: int | date | None = None
    ours: int | date | None = None
    organisation: str | None = None


class Theirs(NamedTuple):
    """A row of the provider's list; `id` of what it means, where that is known."""

    id: int | None
    published: str
    said: int | date | None
    organisation: str | None = None


class Ours(NamedTuple):
    """What the catalogue knows of an organisation or service: how many services, or since when."""

    slug: str
    name: str
    said: int | date | None
    uses: bool = True
    organisation: str | None = None


def reconciled(theirs: Iterable[Theirs], ours: Mapping[int, Ours]) -> list[Row]:
    """Both sides beside each other, by how they stand and by name.

    Args:
        theirs: the rows of the provider's list. Counts of one organisation under several names are
            added up; of several dates the earliest counts.
        ours: what the catalogue has, by id; with `uses` False what is only named by the list.
    """
    found: list[Row] = []
    known: dict[int, list[Theirs]] = {}
    for each in theirs:
        if each.id is None or each.id not in ours:
            found.append(
                Row(Reconciled.PROVIDER_ONLY, each.published, None, (each.published,), each.said,
                    None, each.organisation)
            )  # fmt: skip
        else:
            known.setdefault(each.id, []).append(each)
    for id_, own in ours.items():
        said = known.get(id_)
        if said is None:
            if own.uses:
                found.append(_row(Reconciled.CATALOGUE_ONLY, own, (), None))
            continue
        published = tuple(dict.fromkeys(each.published for each in said))
        total = _united([each.said for each in said])
        if not own.uses:
            side = Reconciled.PROVIDER_ONLY
        elif total is None or own.said is None or total == own.said:
            side = Reconciled.SAME
        else:
            side = Reconciled.DIFFERENT
        found.append(_row(side, own, published, total))
    return sorted(found, key=_place)


def _place(row: Row) -> tuple[int, str, str]:
    return _PLACES[row.side], row.name.casefold(), row.slug or ""


def _row(
    side: Reconciled, own: Ours, published: tuple[str, ...], theirs: int | date | None
) -> Row:  # fmt: skip
    ours = own.said if own.uses else None
    return Row(side, own.name, own.slug, published, theirs, ours, own.organisation)


def _united(values: list[int | date | None]) -> int | date | None:
    if len(values) == 1:
        return values[0]
    numbers = [value for value in values if isinstance(value, int)]
    days = [value for value in values if isinstance(value, date)]
    return sum(numbers) if numbers else min(days) if days else None
