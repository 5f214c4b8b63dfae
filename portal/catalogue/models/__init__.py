"""Tables of the catalogue, one module a noun; importing this package loads them all."""

from portal.catalogue.models import (
    closing,
    components,
    counts,
    duplicates,
    evidence,
    exemptions,
    imports,
    journeys,
    mentions,
    organisations,
    problems,
    proposals,
    registrations,
    reviews,
    rosters,
    services,
    spending,
    transfers,
    usage,
    voices,
)

__all__ = [
    "closing", "components", "counts", "duplicates", "evidence", "exemptions", "imports",
    "journeys", "mentions", "organisations", "problems", "proposals", "registrations", "reviews",
    "rosters", "services", "spending", "transfers", "usage", "voices",
]  # fmt: skip
