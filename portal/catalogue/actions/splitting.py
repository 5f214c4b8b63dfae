"""Split a service into two."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from portal import search
from portal.access import Grant, Kind
from portal.accounts.store import grants
from portal.audit import Act
from portal.catalogue.rules.splitting import Taken, split
from portal.catalogue.store import (
    merging_services,
    organisations,
    registrations,
    service_search,
    services,
    usage,
)
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash, Stale

TAG = "service.split"


def split_service(
    database: Database, slug: str, taken: Taken, usages: Collection[int], version: int, act: Act
) -> str:
    """Make a new service of parts of one, with the history of both. Who has a role on the old one
    has the same on the new one.

    Args:
        database: the portal's.
        slug: the address of the service.
        taken: what the new one is called and takes.
        usages: ids of the ways of meeting needs that become those of the new one.
        version: of the service, as it was read.
        act: who does it, when and why.

    Returns:
        The address of the new service.

    Raises:
        Missing: there is no service at the address.
        Stale: it changed since it was read.
        Invalid: the new service cannot be one.
    """
    with database.writing() as session:
        one_at_a_time(session)
        old = services.by_slug(session, slug)
        if old.version != version:
            raise Stale(N_("The service changed meanwhile"))
        before = services.document_of(old)
        address = registrations.free_slug(session, taken.name)
        rest, document = split(before, taken, address, act.day)
        refs = organisations.ids_by_reference(session)
        made = services.new()
        came = {"split_from": [{"name": before["name"], "slug": slug}]}
        services.save(session, made, None, {**document, **came}, refs, act, TAG)
        known = services.ids_by_slug(session)
        services.save_relations(session, made.id, document["relations"], known)
        went = {"split_into": [{"name": document["name"], "slug": address}]}
        services.save(session, old, before, {**rest, **went}, refs, act, TAG)
        ids = merging_services.known_ids(session)
        for id_, row in merging_services.usages_of(session, old.id).items():
            if id_ in usages:
                said = usage.document_of(row)
                after = {**said, "service": address}
                usage.save(session, row, said, after, ids, act, TAG)
        for grant in grants.holders(session, Kind.SERVICE, old.id, act.day):
            with suppress(Clash):
                role = Grant(grant.role, Kind.SERVICE, made.id)
                grants.add(session, grant.person_id, role, act, until=grant.until)
        search.put(session, service_search.search_documents(session, [old.id, made.id]))
        return address
