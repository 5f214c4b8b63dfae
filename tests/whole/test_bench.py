"""The benchmark itself: the same catalogue at every run, and no timing of answers that differ."""

from __future__ import annotations

import hashlib
from collections import Counter

import orjson
import pytest

from bench import bodies, synthetic, synthetic_words
from bench.measure import compare
from bench.rows import Compare
from bench.servers import Server


def digest(services: int, seed: int = synthetic_words.SEED) -> str:
    found = hashlib.sha256()
    for rows in synthetic.everything(services, seed):
        found.update(repr(rows).encode())
    return found.hexdigest()


def test_the_synthetic_catalogue_is_the_same_each_time() -> None:
    assert digest(300) == digest(300)
    assert digest(300) != digest(300, seed=1)


def test_it_has_the_sizes_it_promises() -> None:
    many: Counter[str] = Counter()
    for rows in synthetic.everything(500):
        many[rows.table] += len(rows.rows)
        assert all(len(row) == len(rows.columns) for row in rows.rows), rows.table
    assert many["organisation"] == 400
    assert many["component"] == 200
    assert many["capability"] == 40 + synthetic_words.GROUPS
    assert many["service"] == 500
    assert many["usage"] == 500 * 6
    assert abs(many["assessment"] - 300) <= 3
    assert [many[each] for each in ("standard_version", "standard_point")] == [3, 26 + 18 + 14]
    assert many["report"] > 250
    assert many["assessment_owner"] >= many["assessment"]
    assert many["assessment_point"] > 300 * 13


LIST = """<main><h2 class="govuk-heading-m">2 services</h2>
<h3 class="portal-result__title"><a class="govuk-link" href="/services/a">A</a></h3>
<h3 class="portal-result__title"><a class="govuk-link" href="/services/b">B</a></h3>
<input type="checkbox" value="live"><label>Live <span class="portal-facet__count">(2)</span>
<a href="?organisation=mint">Mint</a> <span class="portal-facet__count">(1)</span></main>"""


@pytest.mark.parametrize(
    ("what", "becomes"),
    [("/services/b", "/services/c"), (">(2)<", ">(3)<"), ('value="live"', 'value="alpha"'),
     ("2 services", "3 services"), ("organisation=mint", "organisation=bank"),
     ("(1)</span></main>", "(4)</span></main>")],
)  # fmt: skip
def test_lists_that_differ_are_noticed(what: str, becomes: str) -> None:
    bodies.same_list(LIST.encode(), LIST.encode())
    assert what in LIST
    with pytest.raises(bodies.Different):
        bodies.same_list(LIST.encode(), LIST.replace(what, becomes).encode())


def test_the_order_of_a_list_counts_and_that_of_a_search_does_not() -> None:
    turned = LIST.replace("services/a", "services/-").replace("services/b", "services/a")
    turned = turned.replace("services/-", "services/b")
    with pytest.raises(bodies.Different):
        bodies.same_list(LIST.encode(), turned.encode())
    bodies.same_search(LIST.encode(), turned.encode())


def test_two_empty_answers_are_not_the_same() -> None:
    empty = b"<main></main>"
    for same in (bodies.same_list, bodies.same_search, bodies.same_record):
        with pytest.raises(bodies.Different):
            same(empty, empty)


def test_json_and_csv_that_differ_are_noticed() -> None:
    one = {"items": [{"slug": "a", "n": 1}], "count": 1}
    bodies.same_json(orjson.dumps(one), orjson.dumps(one))
    other = {"items": [{"slug": "a", "n": 2}], "count": 1}
    with pytest.raises(bodies.Different, match="items"):
        bodies.same_json(orjson.dumps(one), orjson.dumps(other))
    bodies.same_csv(b"a,b\r\n1,2\r\n", b"a,b\n1,2\n")
    with pytest.raises(bodies.Different, match="line 2"):
        bodies.same_csv(b"a,b\r\n1,2\r\n", b"a,b\r\n1,3\r\n")


def test_nothing_is_timed_before_the_bodies_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    class Said:
        status = 200

        def __init__(self, body: bytes) -> None:
            self.body = body

    said = {"portal": LIST, "floor": LIST.replace("/services/b", "/services/z")}
    monkeypatch.setattr("bench.measure.get", lambda s, path: Said(said[s.what].encode()))
    servers = [Server(what, 1, 0, None, "", "") for what in said]  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="/services at 1: services"):
        compare(servers, {1: ["/services"]}, bodies.same_list)


MATRIX = """<th><a href="/organisations/mint">Mint</a></th>
<td><a href="/services?organisation=mint&amp;component=pay">7<span>: Mint, Pay</span></a></td>
<th scope="row" class="govuk-table__header"><a class="govuk-link" href="/services/a">A</a></th>"""


@pytest.mark.parametrize(
    ("same", "what", "becomes"),
    [
        (bodies.same_matrix, ">7<", ">8<"),
        (bodies.same_matrix, "component=pay", "component=post"),
        (bodies.same_users, "/services/a", "/services/b"),
        (bodies.same_words, ": Mint", ": Bank"),
        (bodies.same_words, "organisation=mint", "organisation=bank"),
    ],
)
def test_matrices_and_users_that_differ_are_noticed(same: Compare, what: str, becomes: str) -> None:
    same(MATRIX.encode(), MATRIX.encode())
    with pytest.raises(bodies.Different):
        same(MATRIX.encode(), MATRIX.replace(what, becomes).encode())
