"""Which organisation a supplier's name means: the sure ways only. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from portal.catalogue.rules.matching import Named, NameIndex, normalise

#: What companies leave out of their names, or write in many ways.
_FORMS = re.compile(
    r"(?:\s+(?:ltd|limited|plc|llp|lp|inc|incorporated|corp|corporation|gmbh|uk|cyf|cyfyngedig))+$"
)
SUPPLIER = "supplier"
MOST_LETTERS = 150
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def key_of(name: str) -> str:
    """A company's name without what says its form: "Tide Ltd" and "Tide (UK) Limited" are one."""
    plain = normalise(name)
    return _FORMS.sub("", plain) or plain


def address_key(name: str) -> str:
    """What stands for a supplier's name in addresses, and groups the ways in which it is written.

    A name with letters beyond a to z, or a very long one, is told from others by a mark at the end.
    """
    key = key_of(name)
    plain = _NOT_PLAIN.sub("-", key).strip("-")[:MOST_LETTERS].rstrip("-")
    if plain.replace("-", " ") == key:
        return plain
    return f"{plain}-{sha256(key.encode()).hexdigest()[:8]}".lstrip("-")


class Suppliers:
    """Every name of every organisation, ready to say whom a supplier's name means.

    Args:
        names: of all organisations; what suppliers are called counts without the form of company.
        ids: the id behind each reference.
    """

    def __init__(self, names: Iterable[Named], ids: Mapping[str, int]) -> None:
        """Read the names once."""
        every = list(names)
        self._index, self._ids = NameIndex(every), ids
        self._plain: dict[str, set[str]] = {}
        for named in every:
            if named.kind == SUPPLIER:
                self._plain.setdefault(key_of(named.name), set()).add(named.id)

    def meant(self, name: str) -> tuple[int | None, str]:
        """The id of the organisation that a name surely means, and why; None where a person has
        to decide.
        """
        match = self._index.match(name)
        if match.matched:
            return self._ids[match.matched], match.why
        found = self._plain.get(key_of(name), set())
        if len(found) == 1:
            return self._ids[next(iter(found))], "same as its name but for the form of company"
        return None, match.why
