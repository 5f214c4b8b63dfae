"""What a savings run works out once for all uses that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from portal.reports.rules.assumptions import Chosen, Terms, unclaimed
from portal.reports.rules.claim import Piece, Spell, to_pence
from portal.reports.rules.inputs import COUNTED, Counted
from portal.reports.rules.model import (
    FACTORS,
    Brought,
    Quantity,
    Values,
    Years,
    brought,
    quantities,
    worth,
)
from portal.reports.rules.places import worthy
from portal.reports.words import ClaimKind, SizeBand, Unused, View

#: So many different uses are remembered, some kilobytes each.
ALIKE = 16_384
#: What one of a kind is worth, and the assumptions behind that.
Worth = tuple[Decimal, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Worths:
    """What one of each kind is worth to a use; the same object for all to which it is the same.

    Attributes:
        of: of each kind that is claimed.
        unclaimed: why others are not (assumptions.unclaimed).
        assumed: an assumption says what the use is worth, whatever it replaced.
    """

    of: Mapping[ClaimKind, Worth]
    unclaimed: Mapping[ClaimKind, Unused | None]
    assumed: bool


class Alike:
    """Remembers so much of what follows from a use that memory stays flat."""

    def __init__(self, terms: Terms) -> None:
        """Begin with nothing."""
        self._terms = terms
        self._same: dict[tuple[bool, tuple[tuple[ClaimKind, Worth], ...]], Worths] = {}
        self.brought = lru_cache(maxsize=ALIKE)(self._brought)
        self.worths = lru_cache(maxsize=ALIKE)(self._worths)
        self.pieces = lru_cache(maxsize=4 * ALIKE)(self._pieces)
        self._piece = lru_cache(maxsize=2 * ALIKE)(Piece.of)

    def _brought(self, counted: Counted, claims: bool) -> Brought:
        terms = self._terms
        use = counted.use(terms.base_year)
        made = quantities(use, terms.horizon, View.ORGANISATION, terms.claim_years)
        return brought(use, terms.horizon, list(made) if claims else [])

    def _worths(self, capability: str, component: str, band: SizeBand, days: bool) -> Worths:
        keys = self._terms.chosen.keys(capability, component, band)
        values, without = (
            values_of(self._terms.chosen, keys),
            unclaimed(self._terms.chosen, keys, days),
        )
        found: dict[ClaimKind, Worth] = {
            kind: (worth(kind, values), tuple(sorted({keys[x] for x in fields if x in keys})))
            for kind, fields in FACTORS.items()
            # What a platform costs no use claims, and each component has its own.
            if kind is not ClaimKind.PLATFORM and kind not in without
        }
        made = Worths(found, without, worthy(keys, old=False))
        return self._same.setdefault((made.assumed, tuple(found.items())), made)

    def _pieces(self, brings: Brought, worths: Worths, standing: str) -> tuple[Piece, ...]:
        """What a use with this standing claims."""
        at = COUNTED.index(standing) if brings.amounts else 0
        return tuple(
            self._piece(kind, at, worths.of[kind][1], spells)
            for kind, spells in _by_kind(brings.amounts, worths)
        )

    def measured(
        self, made: Sequence[Quantity], worths: Worths, standing: str
    ) -> tuple[Piece, ...]:
        """What it claims of what was measured: few uses have the same, so none is remembered."""
        at = COUNTED.index(standing)
        amounts = (((kind, (year,)), amount) for kind, year, amount in made)
        return tuple(
            Piece.of(kind, at, worths.of[kind][1], spells)
            for kind, spells in _by_kind(amounts, worths)
        )


def _by_kind(
    amounts: Iterable[tuple[tuple[ClaimKind, Years], Decimal]], worths: Worths
) -> Iterable[tuple[ClaimKind, tuple[tuple[Spell, int], ...]]]:
    """The pence of each kind that is claimed."""
    found: dict[ClaimKind, list[tuple[Spell, int]]] = {}
    for spell, amount in amounts:
        if spell[0] in worths.of:
            pence = to_pence(amount * worths.of[spell[0]][0])
            found.setdefault(spell[0], []).append((spell, pence))
    return ((kind, tuple(spells)) for kind, spells in found.items())


def values_of(chosen: Chosen, keys: Mapping[str, str]) -> Values:
    """The central values that hold; what nobody assumed is nothing, and additionality all."""
    return Values(**{name: chosen.rows[key].central for name, key in keys.items()})
