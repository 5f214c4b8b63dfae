"""What the storefront makes of words and of a component's prices and steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from portal.catalogue.rules.components import Row

#: Of what the best match scores, what another must score to be meant as well.
MEANT = 0.7
MOST = 3
#: And what to score to be offered as another meaning.
MAYBE = 0.25


def understand(
    found: Sequence[tuple[str, float]],
    below: Mapping[str, Sequence[str]],
    said: Mapping[str, int] | None = None,
) -> tuple[list[str], list[str]]:
    """The needs that words mean, and those they may mean instead.

    What the words say in so many words is meant, and nothing else. Else a group that matches best
    stands for all the needs in it, or it is the best need, with up to two more that score nearly as
    much. What else matches well is left to the reader.

    Args:
        found: capabilities with their points, best first.
        below: the needs of each group; what is not a key is a need itself.
        said: how many words of a need's name or keyword the words have, by need.
    """
    told = said or {}
    spoken = sorted((slug for slug, many in told.items() if many), key=lambda s: -told[s])
    if spoken:
        guessed, maybe = understand(found, below)
        meant = spoken[:MOST]
        return meant, [
            slug for slug in dict.fromkeys((*spoken, *guessed, *maybe)) if slug not in meant
        ]
    if not found:
        return [], []
    first, best = found[0]
    needs = [(slug, points) for slug, points in found if slug not in below]
    if first in below:
        meant = list(below[first])
    else:
        meant = [slug for slug, points in needs if points >= MEANT * best][:MOST]
    maybe = [slug for slug, points in needs if points >= MAYBE * best]
    return meant, [slug for slug in maybe if slug not in meant]


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
