"""What the storefront makes of words and of a component's prices and steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from portal.catalogue.rules.components import Row

#: Of what the best match scores, what another must score to be meant as well.
MEANT = 0.7
MOST = 3


def understand(
    found: Sequence[tuple[str, float]], below: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[str]]:
    """The needs that words mean, and those they may mean instead.

    A group that matches best stands for all the needs in it. Else it is the best need, with up to
    two more that score nearly as much; what else matches is left to the reader.

    Args:
        found: capabilities with their points, best first.
        below: the needs of each group; what is not a key is a need itself.
    """
    if not found:
        return [], []
    matched = [slug for slug, _ in found if slug not in below]
    first, _ = found[0]
    if first in below:
        meant = list(below[first])
    else:
        best = next(points for slug, points in found if slug == matched[0])
        close = [s for s, points in found if s not in below and points >= MEANT * best]
        meant = close[:MOST]
    return meant, [slug for slug in matched if slug not in meant]


def relevant_first(prices: Iterable[Row], needs: Iterable[str]) -> list[Row]:
    """Prices whose item begins with a word of a wanted need first, else in the order given.

    Args:
        needs: the names of the needs, such as "Send letters".
    """
    wanted = " ".join(needs).lower()

    def named(price: Row) -> bool:
        return str(price["item"]).lower().replace(",", " ").split()[0] in wanted

    return sorted(prices, key=lambda price: not named(price))


def known_steps(steps: Iterable[Row]) -> int:
    """How many steps say their typical days."""
    return sum(step["days"] is not None for step in steps)
