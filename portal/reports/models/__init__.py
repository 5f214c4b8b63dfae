"""Tables of reports, one module a noun; importing this package loads them all."""

from portal.reports.models import assumptions, reuse, runs, snapshots

__all__ = ["assumptions", "reuse", "runs", "snapshots"]
