"""Which service of the catalogue a row of a provider's list surely means. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.addresses import is_web_address
from portal.catalogue.rules.cleaners import sort_key


@dataclass(frozen=True, slots=True)
class Known:
    """A service as rows may name it.

    Attributes:
        names: its name and the other names it has or had.
        addresses: its start page and the address of the service itself.
        owners: the ids of the organisations that answer for it or run it now.
    """

    slug: str
    names: frozenset[str]
    addresses: frozenset[str]
    owners: frozenset[int]


def place(address: str) -> str:
    """A web address without what differs between spellings of one."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}"


class Services:
    """Every service, ready to say which one a row means.

    Args:
        known: the services.
        former: present slugs by former ones.
    """

    def __init__(self, known: Iterable[Known], former: Mapping[str, str]) -> None:
        """Read them once."""
        self._slugs = dict(former)
        self._addresses: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        self._owners: dict[str, frozenset[int]] = {}
        for service in known:
            self._slugs[service.slug] = service.slug
            self._owners[service.slug] = service.owners
            for address in service.addresses:
                self._addresses.setdefault(place(address), set()).add(service.slug)
            for name in service.names:
                self._names.setdefault(sort_key(name), set()).add(service.slug)

    def meant(self, said: str, named: bool, organisation: int | None) -> str | None:
        """The slug of the one service that a row surely means, else None.

        A slug or an address is enough. A name is only where no other service has it; and where
        the row names an organisation, it has to be one that answers for the service.

        Args:
            said: what the row says: a name, a slug or an address.
            named: whether the row names an organisation.
            organisation: which one that is, None where nobody knows yet.
        """
        if said in self._slugs:
            return self._slugs[said]
        if is_web_address(said):
            return _only(self._addresses.get(place(said), set()))
        found = self._names.get(sort_key(said), set())
        if named:
            found = {slug for slug in found if organisation in self._owners[slug]}
        return _only(found)


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None
