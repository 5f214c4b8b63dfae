"""Tables of the assessments, one module a noun; importing this package loads them all."""

from portal.assessments.models import (
    assessments,
    bookings,
    counts,
    drafting,
    findings,
    panels,
    publishing,
    standards,
)

__all__ = [
    "assessments", "bookings", "counts", "drafting", "findings", "panels", "publishing",
    "standards",
]  # fmt: skip
