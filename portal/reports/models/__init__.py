"""Tables of reports, one module a noun; importing this package loads them all."""

from portal.reports.models import assumptions, duplication, reuse, runs, snapshots

__all__ = ["assumptions", "duplication", "reuse", "runs", "snapshots"]
