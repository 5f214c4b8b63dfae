"""Tables of the catalogue, one module a noun; importing this package loads them all."""

from portal.catalogue.models import (
    components,
    counts,
    duplicates,
    evidence,
    imports,
    journeys,
    organisations,
    problems,
    proposals,
    registrations,
    reviews,
    rosters,
    services,
    transfers,
    usage,
)

__all__ = [
    "components", "counts", "duplicates", "evidence", "imports", "journeys", "organisations",
    "problems", "proposals", "registrations", "reviews", "rosters", "services", "transfers",
    "usage",
]  # fmt: skip
