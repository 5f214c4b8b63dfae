"""What the filter finds in a draft, and that redacting takes it out and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.booking_words import FlagKind
from portal.assessments.rules.publication_filter import REDACTED, digest, find, redact, sentence

PEOPLE = ["Siân O’Brien", "Mary-Ann Jones", "Will Ford", "Assessor One"]
#: Nothing in them is to be found, whatever stands around.
CALM = ["The team met users.", "They will see a ford.", "10,000 users on 2026-01-02.",
        "Point 5 is met; see section 3.", "It cost £1,200,000 in 2024/25.", "Version 1.2.3 is out.",
        "The service owner and the assessor agreed."]  # fmt: skip
LOUD = st.one_of(
    st.sampled_from([(p, FlagKind.NAME) for p in PEOPLE[:3]]),
    st.sampled_from([("Dr Ngozi Okafor", FlagKind.NAME), ("Mrs Smith", FlagKind.NAME)]),
    st.builds(
        lambda a, b: (f"{a}@{b}.gov.uk", FlagKind.EMAIL),
        st.from_regex(r"[a-z]{2,9}(\.[a-z]{2,9})?", fullmatch=True),
        st.from_regex(r"[a-z]{2,9}", fullmatch=True),
    ),
    st.builds(
        lambda d, gap: ("0" + gap.join([d[:4], d[4:7], d[7:]]), FlagKind.PHONE),
        st.from_regex(r"[1-9][0-9]{9}", fullmatch=True),
        st.sampled_from(["", " ", "-"]),
    ),
    st.sampled_from(
        [(w, FlagKind.SECURITY) for w in
         ("a vulnerability", "SQL injection", "CVE-2024-12345", "unencrypted", "passwords")]
    ),
)  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(CALM), LOUD), min_size=1, max_size=8)


def _text(parts: list[object]) -> str:
    return " ".join(p if isinstance(p, str) else f"Then {p[0]} came up." for p in parts)  # type: ignore[index]


@given(TEXT)
def test_everything_loud_is_found_and_nothing_calm(parts: list[object]) -> None:
    text = _text(parts)
    hits = find(text, PEOPLE)
    assert [text[h.start : h.end] for h in hits] == [h.words for h in hits]
    assert all(a.end <= b.start for a, b in pairwise(hits))
    loud = [p for p in parts if not isinstance(p, str)]
    assert [hit.kind for hit in hits] == [kind for _words, kind in loud]  # type: ignore[misc]


@given(TEXT)
def test_redacting_all_leaves_nothing_and_keeps_the_rest(parts: list[object]) -> None:
    text = _text(parts)
    kept = text
    for hit in find(text, PEOPLE):
        kept = redact(kept, digest(hit.words), "", PEOPLE)
    assert not find(kept, PEOPLE)
    for part in parts:
        if isinstance(part, str):
            assert part in kept
    assert kept.count(REDACTED) == len(find(text, PEOPLE))


@given(TEXT)
def test_each_hit_stands_in_its_sentence(parts: list[object]) -> None:
    text = _text(parts)
    for hit in find(text, PEOPLE):
        said = sentence(text, hit)
        assert said.words == hit.words
        assert f"{said.before}{said.words}{said.after}" in text
        assert said.before.startswith("Then") and said.after.endswith("came up.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mary-ann jones said so", ["mary-ann jones"]),
        ("Ask Mary-Ann.", ["Mary-Ann"]),
        ("we will ask", []),
        ("Assessor One wrote it", ["Assessor One"]),
        ("One assessor wrote it", []),
        ("Ring +44 (0)1632 960123 now", ["+44 (0)1632 960123"]),
        ("Mr. de Souza", []),
        ("O’Brien, not O’Briens", ["O’Brien"]),
        ("host 10.20.30.40 is open", ["10.20.30.40"]),
        ("The team lead, Tomos, said so", ["Tomos"]),
        ("Ask our designer Bethan.", ["Bethan"]),
        ("The service owner is Ngozi", ["Ngozi"]),
        ("We met Rhys. Tomos, the team lead, was there", ["Tomos"]),
        ("Thanks to Bethan (user researcher)", ["Bethan"]),
        ("The team lead, Defra Digital and the owner, HMRC, agreed", []),
        ("The product manager, who left. The owner The team", []),
        ("Ask the lead. Users, the owner said, will wait", []),
        ("The service owner Ministry of Boats pays", []),
        ("Write to john at example dot com", ["john at example dot com"]),
        (
            "jo (at) a dot gov dot uk or jo [at] example.com",
            ["jo (at) a dot gov dot uk", "jo [at] example.com"],
        ),
        ("look at the page; a dot is red", []),
    ],
)
def test_hard_cases(text: str, words: list[str]) -> None:
    assert [hit.words for hit in find(text, PEOPLE)] == words


def test_a_digest_knows_neither_case_nor_space() -> None:
    assert digest("Mary-Ann  Jones") == digest("mary-ann\njones") != digest("Mary Jones")
