"""What a search found, as the service list shows it: near ties by phase, and why each was found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from portal import search
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceName
from portal.catalogue.words import Phase

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# Search gives points: 10 for all the words, 12 more for the very name. This settles near ties only.
_BY_PHASE: dict[str, float] = {
    Phase.LIVE: 0.8,
    Phase.PUBLIC_BETA: 0.7,
    Phase.PRIVATE_BETA: 0.5,
    Phase.ALPHA: 0.3,
    Phase.DISCOVERY: 0.2,
    Phase.RETIRED: -0.4,
}
_LOOKED_AT = 100  # nobody looks for a near tie further down

#: What a found service is counted by: the columns of `facts`, in this order.
COLUMNS = (
    "id", "phase", "audience_set", "category", "apis_answer", "organisation_id", "delivers_id",
)  # fmt: skip
# Ids as JSON: as parameters, a thousand of them take longer than the rest of the statement.
_FACTS = {
    dialect: text(f"SELECT {', '.join(COLUMNS)} FROM service WHERE id {among}")  # noqa: S608
    for dialect, among in {
        "sqlite": "IN (SELECT value FROM json_each(:ids))",
        "postgresql": (
            "= ANY (ARRAY(SELECT CAST(value AS bigint) "
            "FROM json_array_elements_text(CAST(:ids AS json)) AS listed (value)))"
        ),
    }.items()
}
_OTHERS = (
    select(
        Service.id, Service.keywords, ServiceName.name, ServiceName.language,
        Organisation.name, Organisation.abbreviation,
    )
    .outerjoin(ServiceName, ServiceName.service_id == Service.id)
    .outerjoin(Organisation, Organisation.id == Service.delivers_id)
    .where(Service.id.in_(bindparam("ids", expanding=True)))
    .order_by(Service.id, ServiceName.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """What a service was found by: its `kind` is other_name, keyword or organisation."""

    kind: str
    text: str
    language: str | None = None


def facts(session: Session, found: search.Found) -> Sequence[Any]:
    """What the services that were found are counted by: a row each, in any order."""
    if not found.ids:
        return []
    statement = _FACTS[session.get_bind().dialect.name]
    return session.connection().execute(statement, {"ids": json.dumps(found.ids)}).all()


def in_order(found: search.Found, known: Sequence[Any]) -> list[int]:
    """The ids that were found, best first; of near ties those that people can use today."""
    first = found.ids[:_LOOKED_AT]
    phases = {id_: _BY_PHASE.get(phase, 0.0) for id_, phase, *_ in known}
    points = dict(zip(found.ids, found.points, strict=True))
    ranked = sorted(first, key=lambda id_: -points[id_] - phases.get(id_, 0.0))
    return ranked + found.ids[_LOOKED_AT:]


def reasons(
    session: Session, found: search.Found, names: Sequence[tuple[int, str]]
) -> dict[int, Reason]:
    """Why each of these services was found, where its name does not show it; one statement."""
    ids = [id_ for id_, name in names if found.query and not search.shows(found.query, name)]
    if not ids or found.query is None:
        return {}
    others: dict[int, dict[str, Reason]] = {}
    rows = session.connection().execute(_OTHERS, {"ids": ids})
    for id_, keywords, other, language, body, short in rows:
        texts = others.setdefault(id_, {})
        if other:
            texts[other] = Reason("other_name", other, language.value)
        for keyword in keywords:
            texts.setdefault(keyword, Reason("keyword", keyword))
        if body:
            named_so = f"{body} ({short})" if short else body
            texts.setdefault(named_so, Reason("organisation", named_so))
    named = dict(names)
    return {
        id_: texts[text]
        for id_, texts in others.items()
        if (text := search.reason(found.query, named[id_], list(texts)))
    }
