"""What the search knows of services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import search
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service, ServiceApi, ServiceName, ServiceOwner
from portal.catalogue.store.gather import lists_of
from portal.catalogue.store.services import THING
from portal.db import chunks


def search_documents(
    session: Session, ids: Iterable[int] | None = None
) -> Iterator[search.Document]:
    """Services as they are searched for: names first, then other names, owners, text. Read as
    plain rows, some at a time: after an import this goes over all of them.
    """
    names: dict[int, str] = {
        id_: f"{name} {abbreviation or ''}"
        for id_, name, abbreviation in session.execute(
            select(Organisation.id, Organisation.name, Organisation.abbreviation)
        )
    }
    every = session.scalars(select(Service.id).order_by(Service.id)).all() if ids is None else ids
    for some in chunks(list(every)):
        yield from _search_documents(session, some, names)


def _search_documents(
    session: Session, ids: list[int], organisations: dict[int, str]
) -> Iterator[search.Document]:
    others, owners, apis = (
        lists_of(session, model.service_id, model.id, ids, *columns)
        for model, columns in (
            (ServiceName, [ServiceName.name]),
            (ServiceOwner, [ServiceOwner.organisation_id, ServiceOwner.published_name]),
            (ServiceApi, [ServiceApi.name]),
        )
    )
    s = Service
    rows = session.execute(
        select(s.id, s.name, s.keywords, s.purpose, s.user_need, s.category)
        .where(s.id.in_(ids))
        .order_by(s.id)
    )
    for id_, name, keywords, *text in rows:
        bodies = [organisations[o] if o else published for o, published in owners.get(id_, [])]
        yield search.Document(
            thing=THING,
            thing_id=id_,
            names=name,
            other_names="\n".join([*(row[0] for row in others.get(id_, [])), *keywords]),
            organisations="\n".join(body or "" for body in bodies),
            body="\n".join([*(part or "" for part in text), *(r[0] for r in apis.get(id_, []))]),
        )
