"""The demo set holds together: its facts can be loaded, and its queries point at something."""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.catalogue import words
from portal.catalogue.rules.cleaners import SLUG
from portal.catalogue.rules.documents import ORGANISATION, SERVICE

Document = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "portal" / "interchange" / "demo"
QUERIES = Path(__file__).with_name("search_queries.tsv")
REAL_DATA = ROOT.parent / "shared" / "data"
REGISTERS = REAL_DATA / "registers"
VOLUMES = REAL_DATA / "performance-platform" / "transaction-volumes.csv"
IDENTIFIER = re.compile(
    r"^(government-organisation|local-authority-(eng|sct|nir)|principal-local-authority|portal"
    r"|company):[A-Za-z0-9-]+$"
)
CATEGORIES = {
    "Amending/deleting information",
    "Booking events and resources",
    "Making a payment",
    "Ordering goods",
    "Providing information",
    "Registering",
    "Requesting a licence or consent",
    "Requesting benefits, payments or loans",
    "Requesting information",
}
TITLED_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Baroness)\.? [A-Z][a-z]+")


def _load(name: str) -> list[Document]:
    documents: list[Document] = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    return documents


SERVICES = _load("services")
ORGANISATIONS = _load("organisations")
JOURNEYS = _load("journeys")
SERVICE_SLUGS = {service["slug"] for service in SERVICES}
IDENTIFIERS = {i for organisation in ORGANISATIONS for i in organisation["identifiers"]}
EVERY_SERVICE = pytest.mark.parametrize("service", SERVICES, ids=lambda s: s["slug"])
EVERY_ORGANISATION = pytest.mark.parametrize("organisation", ORGANISATIONS, ids=lambda o: o["slug"])
EVERY_JOURNEY = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda j: j["slug"])


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _check_period(period: Document) -> None:
    since, until = period["since"], period["until"]
    if since:
        date.fromisoformat(since)
    if until:
        date.fromisoformat(until)
    assert not (since and until) or since <= until


def _is_https(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname)


def test_the_set_is_as_large_as_promised() -> None:
    assert len(ORGANISATIONS) >= 12
    assert len(SERVICES) >= 40
    assert len(JOURNEYS) == 3


def test_every_identifier_and_slug_is_there_once() -> None:
    for documents in (SERVICES, ORGANISATIONS, JOURNEYS):
        slugs = Counter(document["slug"] for document in documents)
        assert [slug for slug, times in slugs.items() if times > 1] == []
        assert all(SLUG.match(slug) for slug in slugs)
    identifiers = [i for organisation in ORGANISATIONS for i in organisation["identifiers"]]
    assert len(identifiers) == len(set(identifiers))
    assert all(IDENTIFIER.match(identifier) for identifier in identifiers)


def test_every_phase_audience_and_api_answer_is_shown() -> None:
    now = {p["phase"] for s in SERVICES for p in s["phases"] if p["until"] is None}
    assert now == {phase.value for phase in words.Phase} - {"unknown"}
    audiences = {audience for s in SERVICES for audience in s["audiences"]}
    assert audiences == {audience.value for audience in words.Audience}
    assert {s["apis_answer"] for s in SERVICES} == {answer.value for answer in words.ApisAnswer}


@EVERY_SERVICE
def test_a_service_uses_the_words_of_the_catalogue(service: Document) -> None:
    assert set(service) <= set(SERVICE)
    assert service["name"] and service["purpose"]
    assert re.match(r"I need(ed)? ", service["user_need"])
    assert " so that " in service["user_need"]
    assert service["category"] is None or service["category"] in CATEGORIES
    assert service["transactional"] in (True, False, None)
    words.ApisAnswer(service["apis_answer"])
    for kind, values in (
        (words.Audience, service["audiences"]),
        (words.Channel, service["channels"]),
        (words.ServiceNameKind, [name["kind"] for name in service["names"]]),
        (words.Language, [name["language"] for name in service["names"]]),
        (words.LinkKind, [link["kind"] for link in service["links"]]),
        (words.Phase, [phase["phase"] for phase in service["phases"]]),
        (words.OwnerRole, [owner["role"] for owner in service["owners"]]),
        (words.ServiceRelation, [relation["relation"] for relation in service["relations"]]),
    ):
        for value in values:
            kind(value)
        if kind in (words.Audience, words.Channel):
            assert values and len(values) == len(set(values))
    names = [(name["name"].casefold(), name["language"]) for name in service["names"]]
    assert len(names) == len(set(names))
    assert (service["name"].casefold(), "en") not in names


@EVERY_SERVICE
def test_a_service_has_one_open_phase_and_no_overlap(service: Document) -> None:
    phases = service["phases"]
    for phase in phases:
        _check_period(phase)
    assert [p["until"] for p in phases].count(None) == 1
    assert phases[-1]["until"] is None
    for earlier, later in itertools.pairwise(phases):
        assert later["since"] == earlier["until"]


@EVERY_SERVICE
def test_a_service_has_one_accountable_owner_unless_retired(service: Document) -> None:
    for owner in service["owners"]:
        _check_period(owner)
        assert owner["organisation"] or owner["published_name"]
        assert owner["organisation"] is None or owner["organisation"] in IDENTIFIERS
        assert owner["source"] is None or _is_https(owner["source"])
    retired = service["phases"][-1]["phase"] == "retired"
    accountable = [o for o in service["owners"] if o["role"] == "accountable"]
    assert [o["until"] for o in accountable].count(None) == (0 if retired else 1)
    for earlier, later in itertools.pairwise(accountable):
        assert later["since"] == earlier["until"]


@EVERY_SERVICE
def test_a_service_says_where_its_facts_come_from(service: Document) -> None:
    urls = [*service["sources"], *(link["url"] for link in service["links"])]
    urls += [u for u in (service["start_page"], service["service_address"]) if u]
    urls += [u for api in service["apis"] for u in (api["address"], api["documentation"]) if u]
    assert service["sources"]
    assert all(_is_https(url) for url in urls)
    assert all(api["address"] or api["documentation"] for api in service["apis"])
    assert (service["apis_answer"] == "offers") == bool(service["apis"])
    counted = service["yearly_transactions"]
    period = (service["transactions_from"], service["transactions_to"])
    assert (counted is None and period == (None, None)) or (counted >= 0 and all(period))


@EVERY_SERVICE
def test_a_service_stands_to_others_that_exist(service: Document) -> None:
    others = [relation["service"] for relation in service["relations"]]
    assert set(others) <= SERVICE_SLUGS - {service["slug"]}


@EVERY_ORGANISATION
def test_an_organisation_holds_together(organisation: Document) -> None:
    assert set(organisation) <= set(ORGANISATION)
    words.OrganisationKind(organisation["kind"])
    assert organisation["identifiers"]
    for name in organisation["names"]:
        words.Language(name["language"])
        words.OrganisationNameKind(name["kind"])
        _check_period(name)
    for parent in organisation["parents"]:
        words.ParentRelation(parent["relation"])
        _check_period(parent)
        assert parent["organisation"] in IDENTIFIERS - set(organisation["identifiers"])
        assert _is_https(parent["source"])
    for succession in organisation["successions"]:
        words.SuccessionKind(succession["kind"])
        assert succession["successor"] in IDENTIFIERS
        assert succession["on"] == organisation["end_date"]
        assert _is_https(succession["source"])
    assert all(_is_https(alias["source"]) for alias in organisation["aliases"])
    assert organisation["website"] is None or _is_https(organisation["website"])


def test_the_hierarchy_has_no_cycle() -> None:
    above = {o["identifiers"][0]: [p["organisation"] for p in o["parents"]] for o in ORGANISATIONS}
    for start in above:
        seen: set[str] = set()
        waiting = list(above[start])
        while waiting:
            parent = waiting.pop()
            assert parent != start
            if parent not in seen:
                seen.add(parent)
                waiting += above[parent]


@EVERY_JOURNEY
def test_a_journey_crosses_organisations_step_by_step(journey: Document) -> None:
    assert set(journey) == {"slug", "name", "goal", "steps", "sources"}
    steps = journey["steps"]
    assert {step["service"] for step in steps} <= SERVICE_SLUGS
    assert all(step["what_happens"] for step in steps)
    assert all(step["hand_off"] for step in steps[:-1])
    assert steps[-1]["hand_off"] is None
    assert journey["sources"] and all(_is_https(source) for source in journey["sources"])
    owners = {
        owner["organisation"]
        for service in SERVICES
        if service["slug"] in {step["service"] for step in steps}
        for owner in service["owners"]
        if owner["until"] is None
    }
    assert len(owners) >= 2


def test_nobody_is_named_and_nothing_is_local() -> None:
    for text in _strings([SERVICES, ORGANISATIONS, JOURNEYS]):
        assert "@" not in text
        assert not TITLED_NAME.search(text), text
        assert "localhost" not in text and "127.0.0.1" not in text
        assert text == text.strip() and text


def test_the_labelled_queries_name_services_of_the_set() -> None:
    with QUERIES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    kinds = Counter(row["kind"] for row in rows)
    assert len(rows) >= 60
    for kind in ("typo", "stem", "synonym", "abbreviation", "former", "welsh"):
        assert kinds[kind] >= 8, kind
    assert set(kinds) <= {
        "typo", "stem", "synonym", "abbreviation", "former", "welsh", "plain", "words-out-of-order",
    }  # fmt: skip
    assert len({row["query"] for row in rows}) == len(rows)
    assert {row["slug"] for row in rows} <= SERVICE_SLUGS


@pytest.mark.skipif(not REGISTERS.is_dir(), reason="the real registers are not here")
def test_names_and_dates_agree_with_the_registers() -> None:
    rows: dict[str, Document] = {}
    for path in sorted(REGISTERS.glob("*.tsv")):
        scheme = path.stem.removesuffix("-wls")
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if scheme in row:
                    rows.setdefault(f"{scheme}:{row[scheme]}", row)
    for organisation in ORGANISATIONS:
        identifier = organisation["identifiers"][0]
        if identifier.startswith(("portal:", "company:")):  # Companies House has its own register
            continue
        row = rows[identifier]
        assert organisation["name"] == (row.get("official-name") or row["name"])
        for field in ("start-date", "end-date"):
            # The register may be silent, or end before the fact; it is never contradicted. The
            # days of 1905 are years that a spreadsheet turned into days.
            if row[field] and not row[field].startswith("1905-"):
                assert organisation[field.replace("-", "_")] == row[field]
        official = {n["name"] for n in organisation["names"] if n["kind"] == "official"}
        assert official <= {row.get("official-name"), row.get("official-name-cy")}


def newest(row: dict[str, str]) -> tuple[str, str]:
    """The last 12 months that are published of a service, by their heading, and their volume."""
    volumes = [each for each in row.items() if each[0].endswith(": volume") and each[1]]
    return volumes[-1]


@pytest.mark.skipif(not VOLUMES.is_file(), reason="the real transaction volumes are not here")
def test_yearly_transactions_are_the_published_figures() -> None:
    with VOLUMES.open(encoding="utf-8-sig", newline="") as lines:
        published = {row["Name of service"].strip(): row for row in csv.DictReader(lines)}
    for service in SERVICES:
        known = [published[n["name"]] for n in service["names"] if n["name"] in published]
        if service["yearly_transactions"] is not None:
            since, until = (
                f"{date.fromisoformat(service[name]):%B %Y}"
                for name in ("transactions_from", "transactions_to")
            )
            said = f"{since} to {until}: volume", str(service["yearly_transactions"])
            assert said in {newest(row) for row in known}
        for row in known:
            assert row["Service Type"] in ("", service["category"])


@pytest.mark.skipif(not VOLUMES.is_file(), reason="the real transaction volumes are not here")
def test_volumes_of_12_months_are_the_published_figures() -> None:
    published = {row["Name of service"].strip(): row for row in csv.DictReader(
        VOLUMES.read_text(encoding="utf-8-sig").splitlines())}  # fmt: skip
    services = {service["slug"]: service for service in SERVICES}
    for row in _load("volumes"):
        names = [n["name"] for n in services[row["service"]]["names"]]
        (known,) = (published[name] for name in names if name in published)
        said = {
            heading.split(" to ")[0]: known[heading].replace(",", "")
            for heading in known if heading.endswith(": volume")
        }  # fmt: skip
        for start, (total, *_rest) in row["years"].items():
            assert said[f"{date.fromisoformat(start):%B %Y}"] == str(total)
