"""Administrators decide which hosts the portal may collect from."""

from __future__ import annotations

from portal.audit import Act, record
from portal.db import Database, insert_new
from portal.errors import N_, Invalid
from portal.fetching import named_host
from portal.performance.models.collecting import CollectedHost
from portal.performance.store import collected_hosts

LONGEST = 500


def decide(database: Database, host: str, allowed: bool, act: Act, loopback: bool = False) -> bool:
    """Allow a host, or do not, also of one that was decided before; whether anything differs.

    Args:
        host: its name.
        act: with the reason, which teams and everybody in the history can read.
        loopback: as `fetching.named_host` has it.

    Raises:
        Invalid: the name cannot be one, or there is no reason.
    """
    host = named_host(host, loopback=loopback)
    reason = (act.reason or "").strip()
    if not reason or len(reason) > LONGEST:
        raise Invalid("reason", N_("Enter the reason, in 500 characters or fewer"))
    with database.writing() as session:
        new = {"host": host, "allowed": allowed, "reason": reason, "decided_at": act.at}
        made = insert_new(session, CollectedHost, new)
        if made is not None:
            row, before = collected_hosts.get(session, made), None
        else:
            row = collected_hosts.locked(session, host)
            before = collected_hosts.document(row)
            if row.allowed == allowed:
                return False
            row.allowed, row.reason, row.decided_at = allowed, reason, act.at
        after = collected_hosts.document(row)
        tag = "collected_host.allowed" if allowed else "collected_host.refused"
        return record(session, act, tag, collected_hosts.THING, row.id, before, after)
