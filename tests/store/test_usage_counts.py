"""The table of who uses what says what the usages say, whatever was written; and its matrix."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from importlib import import_module

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.catalogue.models.counts import UsageCount
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.store import (
    capabilities,
    components,
    organisations,
    services,
    usage,
    usage_counts,
)
from portal.db import Database
from tests.interchange.commands import run
from tests.support.data import ACT, OPEN, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.storefront import add_capability, add_component

BODIES = ("ministry", "agency", "council")
PARTS = ("purse", "post", "door")


def by_hand(session: Session) -> dict[tuple[int, int], int]:
    """Every count from the rows themselves, in the plainest way."""
    pairs: dict[tuple[int, int], set[int]] = {}
    owner = {s.id: s.organisation_id or 0 for s in services.load(session)}
    for u in usage.load(session):
        if u.component_id and u.status.value in ("live", "stopping"):
            pairs.setdefault((owner[u.service_id], u.component_id), set()).add(u.service_id)
    return {key: len(found) for key, found in pairs.items()}


def start(session: Session) -> None:
    for body in BODIES:
        add_organisation(session, body, kind="local_authority" if body == "council" else "agency")
    add_capability(session, "needs")
    for need in ("fees", "mail"):
        add_capability(session, need, "needs")
    for part in PARTS:
        add_component(session, part, "fees", "mail")
    for number in range(6):
        add_service(session, f"s-{number}", owner=BODIES[number % 3])


def write_at_random(
    session: Session, seed: int, steps: int, write: Callable[..., None] | None = None
) -> None:
    """Move services to other organisations, remove some, and write usages with `write`."""
    rng = random.Random(seed)
    refs = organisations.ids_by_reference(session)
    for _ in range(steps):
        ids = usage.Ids(
            services.ids_by_slug(session), capabilities.ids_by_slug(session),
            components.ids_by_slug(session),
        )  # fmt: skip
        slug = rng.choice(sorted(ids.services))
        act = rng.random()
        if act < 0.15:
            [service] = services.load(session, [ids.services[slug]])
            owner = {"role": "accountable", "organisation": f"portal:{rng.choice(BODIES)}",
                     "published_name": None, "source": None, **OPEN}  # fmt: skip
            before = services.document_of(service)
            after = {**before, "owners": [owner] if rng.random() < 0.8 else []}
            services.save(session, service, before, after, refs, ACT, "changed")
        elif act < 0.2 and len(ids.services) > 3:
            services.remove(session, [ids.services[slug]], ACT, "removed")
        else:
            (write or one_usage)(session, rng, slug, ids)
        session.flush()
        session.expunge_all()


def one_usage(session: Session, rng: random.Random, slug: str, ids: usage.Ids) -> None:
    need, part = rng.choice(("fees", "mail")), rng.choice(PARTS)
    mine = [u for u in usage.of_service(session, ids.services[slug])
            if (u.capability.slug, u.component and u.component.slug) == (need, part)]  # fmt: skip
    status = rng.choice(("planned", "live", "stopping", "stopped"))
    document = clean_usage(
        {
            "service": slug, "capability": need, "arrangement": "shared_component",
            "component": part, "status": status,
            "since": None if status == "planned" else "2024-01-01",
            "until": "2025-01-01" if status == "stopped" else None,
        }
    )  # fmt: skip
    before = usage.document_of(mine[0]) if mine else None
    row = mine[0] if mine else Usage()
    usage.save(session, row, before, document, ids, ACT, "changed")


@pytest.mark.parametrize("seed", [1, 2])
def test_random_writes_keep_the_counts(session: Session, seed: int) -> None:
    start(session)
    write_at_random(session, seed, 40)
    usage_counts.settle(session)
    expected = by_hand(session)
    assert len(expected) >= 3
    assert usage_counts.kept(session) == usage_counts.counted(session) == expected


def test_the_end_of_a_transaction_counts(fresh_database: Database) -> None:
    with fresh_database.writing() as session:
        start(session)
        write_at_random(session, 3, 20)
    with fresh_database.reading() as session:
        kept = usage_counts.kept(session)
        assert kept == by_hand(session) != {}
    with pytest.raises(ZeroDivisionError):
        _fail(fresh_database)
    with fresh_database.reading() as session:
        assert usage_counts.kept(session) == kept


def _fail(database: Database) -> None:
    with database.writing() as session:
        write_at_random(session, 4, 20)
        raise ZeroDivisionError


def test_rebuilding_mends_what_is_wrong(session: Session, app: Flask) -> None:
    start(session)
    write_at_random(session, 5, 20)
    session.commit()
    expected = by_hand(session)
    session.execute(update(UsageCount).values(services=7))
    session.execute(delete(UsageCount).where(UsageCount.component_id == 1))
    session.commit()
    run(app, "rollups", "rebuild")
    session.expire_all()
    assert usage_counts.kept(session) == expected


@pytest.fixture
def some(session: Session) -> Session:
    start(session)
    ids = usage.Ids(
        services.ids_by_slug(session), capabilities.ids_by_slug(session),
        components.ids_by_slug(session),
    )  # fmt: skip
    for slug, need, part in (("s-0", "fees", "purse"), ("s-0", "mail", "purse"),
                             ("s-3", "fees", "purse"), ("s-1", "mail", "post"),
                             ("s-1", "fees", "purse"), ("s-2", "mail", "door")):  # fmt: skip
        document = clean_usage(
            {"service": slug, "capability": need, "arrangement": "shared_component",
             "component": part, "status": "live", "since": date(2024, 1, 1).isoformat()}
        )  # fmt: skip
        usage.save(session, Usage(), None, document, ids, ACT, "declared")
    session.commit()
    return session


def test_the_matrix(some: Session, client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    main = soup_of(client.get("/matrix")).main
    assert main is not None
    head = [th.get_text() for th in main.select("thead th")]
    assert head == ["Organisation", "Purse", "Door", "Post", "All components"]
    rows = [[cell.get_text().split(":")[0] for cell in row.select("th, td")]
            for row in main.select("tbody tr")]  # fmt: skip
    assert sorted(rows) == [
        ["Agency", "1", "", "1", "2"],
        ["Council", "", "1", "", "1"],
        ["Ministry", "2", "", "", "2"],
    ]
    items = client.get("/matrix.json").get_json()["items"]
    assert [(i["organisation"], i["component"], i["services"]) for i in items] == [
        ("agency", "post", 1), ("agency", "purse", 1), ("council", "door", 1),
        ("ministry", "purse", 2),
    ]  # fmt: skip
    council = client.get("/matrix?kind=local_authority&need=fees")
    assert len(soup_of(council).select("tbody tr")) == 1
    assert client.get("/matrix.csv?kind=local_authority").text.count("\n") == 2
    assert "No recorded use fits" in client.get("/matrix?kind=police").text
    unknown = client.get("/matrix?kind=x&need=x")
    assert "kind=x, need=x" in unknown.text
    assert client.get("/matrix.json?need=x").status_code == 400
    monkeypatch.setattr(import_module("portal.catalogue.views.matrix"), "PAGE_SIZE", 2)
    first = soup_of(client.get("/matrix?need=needs"))
    following = str(first.select("a[rel=next]")[0]["href"])
    last = soup_of(client.get(following))
    assert len(last.select("tbody tr")) == 1 and last.select("a[rel=prev]")
    assert "There are no more organisations" in client.get("/matrix?after=99").text


def test_an_empty_matrix(client: PageClient) -> None:
    assert "No service is recorded as using" in client.get("/matrix").text
