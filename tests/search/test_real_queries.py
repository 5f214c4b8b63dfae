"""Labelled queries over the real services: the right one is in the first three for 95%."""

import pytest
from sqlalchemy.orm import Session

from portal.search import find, rebuild
from tests.search.harness import SERVICES, labelled, real_services


@pytest.mark.skipif(not SERVICES.exists(), reason="the real data is not part of the project")
@pytest.mark.parametrize("name", ["real_queries.tsv", "blind_queries.tsv"])
def test_the_right_service_is_in_the_first_three(session: Session, name: str) -> None:
    slugs, documents = real_services()
    rebuild(session, "service", documents)
    missed = []
    queries = list(labelled(name))
    for query, _, acceptable in queries:
        assert acceptable <= set(slugs), query
        if acceptable.isdisjoint(slugs[i] for i in find(session, "service", query).ids[:3]):
            missed.append(query)
    print(f"{name}: {len(queries) - len(missed)} of {len(queries)} in the first three")
    assert len(missed) <= 0.05 * len(queries), missed
