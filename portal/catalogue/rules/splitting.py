"""One service becomes two: what the new one takes with it. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.catalogue.rules.documents import clean_service
from portal.catalogue.words import ServiceRelation
from portal.errors import N_, Invalid

Document = dict[str, Any]
#: What holds of both from the start. Addresses, figures and APIs are of the old one alone.
_COPIED = (
    "audiences", "transactional", "category", "customer_type", "business_model", "channels",
    "owners",
)  # fmt: skip
#: How the new service can stand to the old one.
RELATIONS = (ServiceRelation.PART_OF, ServiceRelation.SAME_JOURNEY_AS)


@dataclass(frozen=True, slots=True)
class Taken:
    """What the new service is called and takes: places in the lists of the old one."""

    name: str
    purpose: str | None
    relation: ServiceRelation
    names: Collection[int] = ()
    phases: Collection[int] = ()


def split(old: Mapping[str, Any], taken: Taken, slug: str, day: date) -> tuple[Document, Document]:
    """The old and the new service.

    Args:
        old: the document of the service.
        taken: what the new one takes.
        slug: its address.
        day: when they part; the new one begins then where it takes no earlier phase.

    Raises:
        Invalid: the new service is called as the old one.
    """
    if taken.name.casefold() == old["name"].casefold():
        raise Invalid("name", N_("Enter another name than that of the service as it is"))
    now = next(row for row in old["phases"] if row["until"] is None)
    earlier = [row for at, row in enumerate(old["phases"]) if at in taken.phases and row is not now]
    since = now["since"] if earlier else day.isoformat()
    named = {row["name"]: row for at, row in enumerate(old["names"]) if at in taken.names}
    new: Document = {
        **{field: old[field] for field in _COPIED},
        "owners": [row for row in old["owners"] if row["until"] is None],
        "slug": slug,
        "name": taken.name,
        "purpose": taken.purpose,
        "names": [row for name, row in named.items() if name.casefold() != taken.name.casefold()],
        "phases": [*earlier, {**now, "since": since}],
        "relations": [{"relation": taken.relation.value, "service": old["slug"]}],
    }
    rest = {
        **old,
        "names": [row for at, row in enumerate(old["names"]) if at not in taken.names],
        "phases": [row for row in old["phases"] if row is now or row not in earlier],
    }
    return clean_service(rest), clean_service(new)
