"""Names of components in the sentences of documents, and the traps that are no names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.component_words import MentionSense as Sense
from portal.catalogue.rules.mining import (
    MOST,
    Text,
    Vocabulary,
    mentions,
    seems,
    sentences,
    service_named,
)

WORDS = Vocabulary(
    {
        "verify": ["GOV.UK Verify", "Identity Assurance", "IDA"],
        "pay": ["GOV.UK Pay", "GOV.UK payments"],
        "notify": ["GOV.UK Notify"],
        "paas": ["GOV.UK Platform as a Service", "GOV.UK PaaS", "PaaS"],
        "gateway": ["Government Gateway"],
        "registers": ["Registers"],
    }
)


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Verify with GDS whether a full cookie policy is required.", set()),
        ("- Verify with GDS and your accreditor whether it is needed.", set()),
        ("Please Verify Your address.", set()),
        ("Teams must verify that addresses exist.", set()),
        ("Notify the panel of changes.", set()),
        ("You Pay a fee to register.", set()),
        ("They Pay by card.", set()),
        ("Card payments and registers of members are kept.", set()),
        ("The Pay Penalty Online team came.", set()),
        ("Users sign in with GOV.UK Verify.", {"verify"}),
        ("Other services are using Verify.", {"verify"}),
        ("Verify is not used, for all users are abroad.", {"verify"}),
        ("They talk to the Verify team with their approval.", {"verify"}),
        ("They asked the verify team.", set()),
        ("Include Identity Assurance (IDA) as soon as it is there.", {"verify"}),
        ("GOV.UK Pay takes the fee, and Notify sends the receipt.", {"pay", "notify"}),
        ("It has a Government Gateway account and runs on PaaS.", {"gateway", "paas"}),
        ("It reads the Registers of countries.", {"registers"}),
        ("GOV.UK Payments-like services", set()),
    ],
)
def test_a_name_is_told_from_the_word(sentence: str, named: set[str]) -> None:
    assert WORDS.named(sentence) == named


def test_a_catalogue_without_components_finds_nothing() -> None:
    assert Vocabulary({}).named("GOV.UK Pay") == set()


@pytest.mark.parametrize(
    ("sentence", "sense"),
    [
        ("The service uses GOV.UK Verify to assure identity.", Sense.USES),
        ("GOV.UK Verify will be used to check identity.", Sense.PLANS),
        ("The panel recommend that they look at GOV.UK Verify.", Sense.ADVISED),
        ("GOV.UK Verify is not currently being used.", Sense.DECLINED),
        ("It is out of scope of the Verify service.", Sense.DECLINED),
        ("A sound knowledge of Verify.", Sense.UNCLEAR),
    ],
)
def test_what_a_sentence_seems_to_say(sentence: str, sense: Sense) -> None:
    assert seems(sentence) is sense


def test_sentences_are_cut_where_they_end() -> None:
    text = (
        "# GOV.UK Verify\n\n**Department:**\n\nThe team uses [GOV.UK](https://www.gov.uk/) Verify"
        " e.g. Verify for Mr. Smith.&nbsp;It works.\n\n- Use **Pay**\n- Ask\n  about Notify\n\n"
        '<aside class="x">Nothing</aside>'
    )
    assert list(sentences(text)) == [
        "The team uses GOV.UK Verify e.g. Verify for Mr. Smith.", "It works.", "Use Pay",
        "Ask about Notify", "Nothing",
    ]  # fmt: skip


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    said = list(sentences(text))
    assert all(each.strip() for each in said)
    letters = "".join(re.findall(r"\w", "".join(said)))
    assert len(letters) <= len(re.findall(r"\w", text)) + 400
    found = mentions(Text("https://a.example/", "T", text, text), WORDS)
    assert len({(each.component, each.sentence) for each in found}) == len(found)


def test_a_document_about_the_component_itself() -> None:
    text = Text("https://a.example/", "GOV.UK Verify - Service Assessment",
                "GOV.UK Verify will open. It uses Notify. It uses Notify.")  # fmt: skip
    assert [(m.component, m.sense) for m in mentions(text, WORDS)] == [
        ("verify", Sense.IS_IT), ("notify", Sense.USES),
    ]  # fmt: skip
    long = Text("https://a.example/", "X", "It uses Notify and " + "very " * 300 + "well.")
    [found] = mentions(long, WORDS)
    assert len(found.sentence) <= MOST
    assert found.mark("https://a.example/") != found.mark("https://b.example/")


@pytest.mark.parametrize(
    ("title", "service"),
    [
        ("E-Claims - Service Assessment", "E-Claims"),
        ("Carer’s Allowance – Self certification", "Carer’s Allowance"),
        ("Get a passport: alpha reassessment", "Get a passport"),
        ("Book a test (Beta Assessment)", "Book a test"),
        ("Find an assessor", "Find an assessor"),
    ],
)
def test_the_service_that_a_report_is_about(title: str, service: str) -> None:
    assert service_named(title) == service


REPORTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "service-standard-reports.json"


@pytest.mark.skipif(not REPORTS.exists(), reason="the real reports are not here")
def test_the_real_reports() -> None:
    rows = json.loads(REPORTS.read_text())
    found = [
        (m.component, m.sentence)
        for row in rows
        for m in mentions(Text(row["original_url"], "", row["body"], row["summary"]), WORDS)
    ]
    said = [sentence for component, sentence in found if component == "verify"]
    assert len(said) >= 25
    assert not [sentence for sentence in said if sentence.startswith("Verify with")]
    assert any("Verify with GDS" in row["body"] for row in rows), "the trap is there"
