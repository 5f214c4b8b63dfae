"""How large services are: what it would cost to build something alone depends on it."""

from __future__ import annotations

from portal.reports.words import SizeBand

#: From so many transactions a year on.
FROM = (
    (SizeBand.LARGE, 10_000_000),
    (SizeBand.MEDIUM, 100_000),
    (SizeBand.SMALL, 1_000),
)


def band_of(yearly_transactions: int | None) -> SizeBand:
    """The band of a service. Where its volume is not known it is the smallest: nothing is
    credited for a size that nobody has shown.
    """
    for band, least in FROM:
        if yearly_transactions is not None and yearly_transactions >= least:
            return band
    return SizeBand.SMALLEST
