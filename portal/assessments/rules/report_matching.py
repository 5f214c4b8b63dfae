"""Which service, or component, a report is surely about. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from portal.catalogue.rules.cleaners import sort_key

Bodies = frozenset[int]


class Known(NamedTuple):
    """A service or a component as reports may name it: its names, and the ids of the
    organisations that answer for it or run it now.
    """

    slug: str
    names: frozenset[str]
    owners: Bodies


class Candidates:
    """Everything that reports may be about, ready to say what one surely means.

    Args:
        services: every service.
        components: every component.
        successors: the ids of the bodies that followed each directly.
    """

    def __init__(
        self,
        services: Iterable[Known],
        components: Iterable[Known],
        successors: Mapping[int, Collection[int]],
    ) -> None:
        """Read them once."""
        self._services = _by_name(services)
        self._components = _by_name(components)
        self._successors = successors

    def service(self, name: str, owners: Iterable[int]) -> str | None:
        """The slug of the one service of this name that one of these organisations, or one that
        followed it, answers for; None where that is not sure.
        """
        return self._one(self._services, name, owners)

    def component(self, name: str, owners: Iterable[int]) -> str | None:
        """The same of components, and who provides them, where no service is called so."""
        if sort_key(name) in self._services:
            return None
        return self._one(self._components, name, owners)

    def _one(
        self, known: Mapping[str, list[tuple[str, Bodies]]], name: str, owners: Iterable[int]
    ) -> str | None:
        same = known.get(sort_key(name), [])
        bodies = self._with_successors(owners) if same else set()
        found = {slug for slug, theirs in same if theirs & bodies}
        return found.pop() if len(found) == 1 else None

    def _with_successors(self, owners: Iterable[int]) -> set[int]:
        found: set[int] = set()
        todo = list(owners)
        while todo:
            body = todo.pop()
            if body not in found:
                found.add(body)
                todo += self._successors.get(body, ())
        return found


def _by_name(known: Iterable[Known]) -> dict[str, list[tuple[str, Bodies]]]:
    found: dict[str, list[tuple[str, Bodies]]] = {}
    for each in known:
        for name in {sort_key(name) for name in each.names}:
            found.setdefault(name, []).append((each.slug, each.owners))
    return found
