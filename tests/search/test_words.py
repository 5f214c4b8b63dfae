"""From text to words: no database."""

import pytest

from portal.search.synonyms import mutations, parse, synonyms
from portal.search.words import joined_words, meaningful, name_key, stem, words


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Carer’s Allowance", ["carers", "allowance"]),
        ("Gŵyl", ["gwyl"]),
        ("H.M.R.C. forms", ["hmrc", "forms"]),
        ("HGV/PSV", ["hgv", "psv"]),
        ("\ufb01sh", ["fish"]),
        ("a\x00b_c", ["a", "b", "c"]),
    ],
)
def test_words(said: str, expected: list[str]) -> None:
    assert words(said) == expected


def test_stems_do_not_depend_on_spelling_or_ending() -> None:
    assert stem("organization") == stem("organisations")
    assert stem("renewing") == stem("renewals") == "renew"
    assert stem("日本").isascii()


def test_stop_words_go_unless_there_is_nothing_else() -> None:
    assert name_key("Tax a vehicle") == name_key("the tax my vehicle")
    assert meaningful(["how", "do", "i"]) == ["how", "do", "i"]


def test_a_hyphenated_word_is_also_one_word() -> None:
    assert joined_words("Sign an e-petition off-road") == ["epetition", "offroad"]


def test_welsh_first_letters() -> None:
    assert mutations("pasbort") == ["basbort", "mhasbort", "phasbort"]
    assert "yrru" in mutations("gyrru")
    assert mutations("ffordd") == []


def test_the_list_is_read_in_all_its_kinds() -> None:
    found = parse(
        "same: car, motor car\nmeans: dole => jobseekers\ncy: treth => tax # note\n"
    ).meanings
    assert [m.phrase for m in found[("car",)]] == [("motor", "car")]
    assert ("jobseek",) not in found
    assert [m.phrase for m in found[("dreth",)]] == [("tax",)]


def test_our_own_list_is_sound() -> None:
    assert len(synonyms().meanings) > 500
    assert all(m.phrase != said for said, found in synonyms().meanings.items() for m in found)
