"""Jobs: work that is promised in one transaction and done after it, by `flask worker`.

`add` writes a row beside the change that needs it, so that either both are there or neither is.
A worker leases the row, calls the handler of its kind and marks it done. A worker that dies leaves
a lease that runs out, and the next one does the work again: handlers are idempotent.
"""

from portal.jobs import tidying as _tidying  # noqa: F401  registers its handler
from portal.jobs.handlers import GiveUp, Retry, Run, handler
from portal.jobs.models import BULK, NORMAL, URGENT, Job
from portal.jobs.store import add, again, failures, waiting
from portal.jobs.worker import Worker

__all__ = [
    "BULK", "NORMAL", "URGENT", "GiveUp", "Job", "Retry", "Run", "Worker", "add", "again",
    "failures", "handler", "waiting",
]  # fmt: skip
