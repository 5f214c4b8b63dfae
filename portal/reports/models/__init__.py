"""Tables of reports, one module a noun; importing this package loads them all."""

from portal.reports.models import (
    adoption,
    assumptions,
    duplication,
    pipeline,
    reuse,
    runs,
    snapshots,
)

__all__ = ["adoption", "assumptions", "duplication", "pipeline", "reuse", "runs", "snapshots"]
