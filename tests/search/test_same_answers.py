"""Both databases give the same ids in the same order for every labelled query."""

import pytest

from portal.search import Found, find, rebuild
from tests.search.harness import SERVICES, labelled, real_services
from tests.support.provision import KINDS, Provision


@pytest.mark.skipif(not SERVICES.exists(), reason="the real data is not part of the project")
def test_both_databases_answer_alike(provision: Provision) -> None:
    _, documents = real_services()
    names = ("real_queries.tsv", "blind_queries.tsv", "trial_queries.tsv", "everyday_queries.tsv")
    queries = [query for name in names for query, _, _ in labelled(name)]
    answers: list[list[Found]] = []
    for kind in KINDS:
        with provision.database(kind) as database:
            with database.writing() as session:
                rebuild(session, "service", documents)
            with database.reading() as session:
                answers.append([find(session, "service", query) for query in queries])
    assert len(answers) == 2
    for query, one, other in zip(queries, *answers, strict=True):
        assert one == other, query
