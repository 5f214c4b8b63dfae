"""The table of counts says what counting the services would say, whatever was written."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.audit import Document
from portal.catalogue import words
from portal.catalogue.models.counts import ServiceCount
from portal.catalogue.models.services import Service, ServiceAudience
from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.filters import ServiceQuery, parse_services
from portal.catalogue.store import organisations, service_counts, service_lists, services
from tests.support.data import ACT, OPEN, add_organisation, service_document

TODAY = date(2026, 1, 2)
BODIES = ("treasury", "mint", "royal-mint", "health")
CATEGORIES = (None, "Tax", "Licences")


def by_hand(session: Session) -> Counter[service_counts.Key]:
    """Every count from the rows themselves, in the plainest way."""
    found: Counter[service_counts.Key] = Counter()
    audiences: dict[int, list[str]] = {}
    for row in session.scalars(select(ServiceAudience)):
        audiences.setdefault(row.service_id, []).append(row.audience.value)
    for s in session.scalars(select(Service)):
        facets = {"phase": s.phase.value, "audience": ",".join(sorted(audiences.get(s.id, []))),
                  "category": s.category, "apis": s.apis_answer.value}  # fmt: skip
        known = {name: value for name, value in facets.items() if value is not None}
        owners = s.organisation_id or 0, s.delivers_id or 0
        found["", "", "", "", 0, 0] += 1
        for within, value in {"": "", **known}.items():
            found[within, value, "organisation", "", *owners] += 1
            for facet in known.keys() - {within}:
                found[within, value, facet, known[facet], 0, 0] += 1
    return found


@pytest.fixture
def refs(session: Session) -> dict[str, int]:
    for slug, parent in zip(BODIES, (None, "treasury", "mint", None), strict=True):
        add_organisation(session, slug, **({"parent": parent} if parent else {}))
    return organisations.ids_by_reference(session)


def any_document(rng: random.Random, slug: str) -> Document:
    owners = [
        {"role": role, "organisation": f"portal:{rng.choice(BODIES)}", "published_name": None,
         "source": None, **OPEN}
        for role in ("accountable", "delivers") if rng.random() < 0.6
    ]  # fmt: skip
    return service_document(
        slug, phase=rng.choice([p.value for p in words.Phase]), owners=owners,
        audiences=[a.value for a in words.Audience if rng.random() < 0.5],
        category=rng.choice(CATEGORIES), apis_answer=rng.choice(["none", "unknown"]),
    )  # fmt: skip


def write_at_random(session: Session, refs: dict[str, int], seed: int, steps: int) -> None:
    rng, slugs = random.Random(seed), [f"s-{n}" for n in range(25)]
    for _ in range(steps):
        slug = rng.choice(slugs)
        id_ = services.ids_by_slug(session).get(slug)
        if id_ is None:
            document = any_document(rng, slug)
            services.save(session, services.new(), None, document, refs, ACT, "created")
        elif rng.random() < 0.3:
            services.remove(session, [id_], ACT, "removed")
        else:
            [service] = services.load(session, [id_])
            before = services.document_of(service)
            after = clean_service({**before, **any_document(rng, slug)})
            services.save(session, service, before, after, refs, ACT, "changed")
        session.flush()
        session.expunge_all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_writes_keep_the_counts(session: Session, refs: dict[str, int], seed: int) -> None:
    write_at_random(session, refs, seed, 40)
    expected = by_hand(session)
    assert len(expected) > 50
    assert service_counts.kept(session) == service_counts.counted(session) == expected


def test_many_at_once_are_written_at_the_end(session: Session, refs: dict[str, int]) -> None:
    with service_counts.together(session):
        write_at_random(session, refs, 4, 30)
        assert service_counts.kept(session) == {}
    assert service_counts.kept(session) == by_hand(session)


def test_a_failure_among_many_leaves_the_session_usable(
    session: Session, refs: dict[str, int]
) -> None:
    with pytest.raises(ZeroDivisionError), service_counts.together(session):
        raise ZeroDivisionError
    write_at_random(session, refs, 5, 3)
    assert service_counts.kept(session) == by_hand(session)


def test_rebuilding_mends_what_is_wrong(session: Session, refs: dict[str, int]) -> None:
    write_at_random(session, refs, 6, 30)
    expected = by_hand(session)
    session.execute(update(ServiceCount).values(many=7))
    session.execute(delete(ServiceCount).where(ServiceCount.facet == "category"))
    session.execute(update(Service).values(audience_set="internal"))
    assert service_counts.kept(session) != expected
    service_counts.rebuild(session)
    assert service_counts.kept(session) == expected


def test_the_command_rebuilds(app: Flask, session: Session, refs: dict[str, int]) -> None:
    write_at_random(session, refs, 7, 10)
    expected = by_hand(session)
    session.execute(delete(ServiceCount))
    session.flush()
    result = app.test_cli_runner().invoke(args=["rollups", "rebuild", "--json"])
    assert result.exit_code == 0, result.output
    assert service_counts.kept(session) == expected


CHOICES = ("", "phase=live", "phase=live&phase=alpha", "audience=public", "category=Tax",
           "apis=none", "organisation=treasury", "organisation=mint&phase=live",
           "phase=live&audience=public", "phase=live&audience=business&category=Tax&apis=none",
           "organisation=treasury&audience=public&category=Tax", "q=s",
           "q=s&phase=live", "q=s&organisation=treasury&category=Tax",
           "q=s&organisation=mint&phase=live&phase=alpha&audience=public")  # fmt: skip


@pytest.mark.parametrize("address", CHOICES)
def test_lists_count_what_is_there(session: Session, refs: dict[str, int], address: str) -> None:
    """Each count of a page is the number of services that taking the choice would list."""
    write_at_random(session, refs, 8, 45)
    pairs = [tuple(part.split("=")) for part in address.split("&") if part]
    query, ignored = parse_services(pairs)  # type: ignore[arg-type]
    assert not ignored
    listing = listed(session, query)
    assert listing.total == len(listing.rows)
    names = {"phases": "phase", "audiences": "audience", "categories": "category", "apis": "apis",
             "organisation": "organisation"}  # fmt: skip
    for facet, name in names.items():
        for choice in listing.facets[facet]:
            rest = [pair for pair in pairs if pair[0] != name]
            one, _ = parse_services([*rest, (name, choice.value)])  # type: ignore[list-item]
            assert choice.count == len(listed(session, one).rows), (facet, choice)


def listed(session: Session, query: ServiceQuery) -> Any:
    return service_lists.listing(session, query, TODAY, 1000)
