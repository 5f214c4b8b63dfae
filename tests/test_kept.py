from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from portal.kept import Kept, Recent


def test_a_value_is_held_for_its_version() -> None:
    kept = Kept(10)
    kept.put("1", "a", "one")
    assert kept.get("1", "a") == "one"
    assert kept.get("2", "a") is None
    kept.put("2", "b", "two")
    assert kept.get("1", "a") is None
    assert (kept.get("2", "b"), kept.held) == ("two", 1)


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept = Kept(2)
    kept.put("1", "a", "one")
    kept.put("1", "b", "two")
    assert kept.get("1", "a") == "one"
    kept.put("1", "c", "three")
    assert [kept.get("1", key) for key in "abc"] == ["one", None, "three"]


def test_too_large_and_none_at_all() -> None:
    kept = Kept(0)
    kept.put("1", "a", "one")
    assert kept.get("1", "a") is None
    kept = Kept(5)
    kept.put("1", "a", "small", 5)
    kept.put("1", "b", "large", 6)
    assert (kept.get("1", "a"), kept.get("1", "b")) == ("small", None)
    kept.clear()
    assert (kept.get("1", "a"), kept.held) == (None, 0)


CALLS = st.lists(st.tuples(st.sampled_from("12"), st.sampled_from("abcd"), st.integers(1, 6)))


@given(CALLS)
def test_it_never_holds_more_than_it_may_nor_the_wrong_value(
    calls: list[tuple[str, str, int]],
) -> None:
    kept = Kept(8)
    for version, key, size in calls:
        found = kept.get(version, key)
        assert found in (None, version + key)
        kept.put(version, key, version + key, size)
        assert 0 <= kept.held <= 8


def test_threads_share_it() -> None:
    kept = Kept(50)

    def use(number: int) -> bool:
        kept.put(str(number % 3), number % 70, number % 70)
        return kept.get(str(number % 3), number % 70) in (None, number % 70)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(5_000)))
    assert kept.held <= 50


def test_a_recent_value_is_asked_for_again_when_it_is_old() -> None:
    now = [10.0]
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    recent = Recent[int](1, lambda: now[0])
    assert (recent.get(make), recent.get(make)) == (0, 0)
    now[0] = 10.99
    assert recent.get(make) == 0
    now[0] = 11
    assert recent.get(make) == 1
    at_once = Recent[int](0, lambda: now[0])
    assert (at_once.get(make), at_once.get(make)) == (2, 3)
