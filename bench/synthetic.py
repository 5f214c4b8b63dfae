"""A catalogue of any size, the same at every run: rows for the tables, nothing real in it.

Rows are plain values that both databases take: text, whole numbers, true and false, None. Days and
moments are ISO text, lists are JSON text.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta

from bench.synthetic_reports import Reports, standards
from bench.synthetic_words import (
    ADJECTIVES,
    AUDIENCES,
    BEGAN,
    CAPABILITIES,
    CATEGORIES,
    CHUNK,
    COMPONENTS,
    COUNCILS,
    DEPARTMENTS,
    FILLER,
    FIRST_DAY,
    GROUPS,
    LAST_DAY,
    LISTING,
    NOUNS,
    ORGANISATIONS,
    PHASES,
    REVIEWS,
    SEED,
    STAMP,
    STATUSES,
    USAGES_EACH,
    VERBS,
    Rows,
    owner_of,
    slug_of,
)
from portal.catalogue.rules.reviews import review_by


def everything(services: int, seed: int = SEED) -> Iterator[Rows]:
    """All rows of a catalogue with this many services, parents before children."""
    bodies, *more = _organisations()
    yield from (bodies, *more)
    yield from _components()
    yield from standards()
    reports = Reports({int(str(row[0])): str(row[3]) for row in bodies.rows}, seed)
    rng = random.Random(seed)  # noqa: S311 - made-up data, not a secret
    yield Rows("import_batch", ("id", "kind", "files", "actor", "applied_at", "counts"),
               [(1, "synthetic", "[]", "command:bench", STAMP, "{}")])  # fmt: skip
    listed: list[tuple[int, int, str]] = []
    for first in range(1, services + 1, CHUNK):
        last = min(first + CHUNK, services + 1)
        made = list(_services(rng, first, last))
        yield from made
        yield from reports.of([(int(str(row[0])), str(row[2])) for row in made[0].rows])
        for some in _usages(rng, first, last):
            listed += _listed(some)
            yield some
    yield from _rosters(listed, services)


def _organisations() -> Iterator[Rows]:
    bodies: list[tuple[object, ...]] = []
    for id_ in range(1, ORGANISATIONS + 1):
        council, department = id_ > ORGANISATIONS - COUNCILS, id_ <= DEPARTMENTS
        kind = "local_authority" if council else "department" if department else "agency"
        title = {"local_authority": "Council", "department": "Department", "agency": "Agency"}[kind]
        noun = NOUNS[id_ * 7 % len(NOUNS)].capitalize()
        name = f"{noun} {ADJECTIVES[id_ % len(ADJECTIVES)]} {title} {id_}"
        slug = name.lower().replace(" ", "-")
        bodies.append((id_, slug, kind, name, name.lower(), f"{noun[:3].upper()}{id_}", 1, STAMP))
    columns = ("id", "slug", "kind", "name", "sort_name", "abbreviation", "version", "edited_at")
    yield Rows("organisation", columns, bodies)
    yield Rows("organisation_identifier", ("id", "organisation_id", "identifier"),
               [(n, n, f"synthetic:{n}") for n in range(1, ORGANISATIONS + 1)])  # fmt: skip
    below = range(DEPARTMENTS + 1, ORGANISATIONS - COUNCILS + 1)
    yield Rows("organisation_parent", ("id", "child_id", "parent_id", "relation", "since"),
               [(n, n, (n - 1) % DEPARTMENTS + 1, "part_of", "2010-01-01") for n in below],
               )  # fmt: skip


def offered(capability: int) -> list[int]:
    """The components that meet a need."""
    return list(range(capability, COMPONENTS + 1, CAPABILITIES))


def _components() -> Iterator[Rows]:
    needs: list[tuple[object, ...]] = [
        (CAPABILITIES + g, f"group-{g}", f"Group {g}", None, g, None, "[]", 1, STAMP)
        for g in range(1, GROUPS + 1)
    ]
    for n in range(1, CAPABILITIES + 1):
        name, group = f"{NOUNS[n * 5].capitalize()} {ADJECTIVES[n]}", n % GROUPS + 1
        needs.append((n, f"need-{n}", name, CAPABILITIES + group, n,
                      f"How do you {name.lower()}?", "[]", 1, STAMP))  # fmt: skip
    columns = ("id", "slug", "name", "parent_id", "position", "question", "keywords", "version",
               "edited_at")  # fmt: skip
    yield Rows("capability", columns, needs)
    made: list[tuple[object, ...]] = []
    for n in range(1, COMPONENTS + 1):
        name = f"{ADJECTIVES[n % len(ADJECTIVES)].capitalize()} {NOUNS[n * 3 % len(NOUNS)]} {n}"
        made.append((n, f"component-{n}", name, name.lower(), "platform", "wholesale", False,
                     (n - 1) % DEPARTMENTS + 1, f"{name} for every service.", "live",
                     *["[]"] * 7, '["anyone"]', 1, STAMP))  # fmt: skip
    lists = ("names", "steps", "allowances", "volumes", "costs", "adopters", "sources")
    yield Rows("component", ("id", "slug", "name", "sort_name", "kind", "delivery", "has_interface",
               "provider_id", "summary", "lifecycle", *lists, "sectors", "version", "edited_at"),
               made)  # fmt: skip
    reviews = [_review(2 * n + 1, "component", n, 3) for n in range(1, COMPONENTS + 1)]
    yield Rows("review", REVIEWS, reviews)
    pairs = [(c, n) for n in range(1, CAPABILITIES + 1) for c in offered(n)]
    yield Rows("component_capability", ("component_id", "capability_id"), pairs)


def _review(id_: int, kind: str, thing: int, months: int | None) -> tuple[object, ...]:
    """Two of three records were confirmed in the last two years."""
    rng = random.Random(id_)  # noqa: S311 - made-up data, not a secret
    since = BEGAN + timedelta(days=rng.randrange(700))
    confirmed = since + timedelta(days=rng.randrange(400)) if rng.random() < 0.7 else None
    if confirmed and confirmed > LAST_DAY:
        confirmed = None
    by = review_by(since, confirmed, months)
    moment = f"{confirmed} 12:00:00.000000" if confirmed else None
    return (
        id_, kind, thing, since.isoformat(), by and by.isoformat(), moment,
        "person:1" if confirmed else None, "service_owner" if confirmed else None,
    )  # fmt: skip


def _services(rng: random.Random, first: int, last: int) -> Iterator[Rows]:
    services: list[tuple[object, ...]] = []
    audiences: list[tuple[object, ...]] = []
    phases: list[tuple[object, ...]] = []
    owners: list[tuple[object, ...]] = []
    names: list[tuple[object, ...]] = []
    links: list[tuple[object, ...]] = []
    apis: list[tuple[object, ...]] = []
    reviews: list[tuple[object, ...]] = []
    events: list[tuple[object, ...]] = []
    for n in range(first, last):
        adjective, noun = rng.choice(ADJECTIVES), rng.choice(NOUNS)
        name = f"{rng.choice(VERBS)} {adjective} {noun} {rng.choice(NOUNS)}"
        slug = slug_of(n, name)
        phase = rng.choices(PHASES, (60, 12, 6, 5, 4, 8, 5))[0]
        audience = rng.choices(AUDIENCES, (50, 20, 15, 8, 3, 4))[0]
        answer = rng.choices(("none", "offers", "unknown"), (40, 15, 45))[0]
        owner, delivers = owner_of(rng)
        words = rng.choices(NOUNS, k=12) + rng.choices(ADJECTIVES, k=6) + rng.choices(FILLER, k=8)
        rng.shuffle(words)
        purpose = f"{name}: " + " ".join(words) + "."
        need = "I need to " + " ".join(words[:8])
        counted = rng.random() < 0.7
        volume = int(10 ** rng.uniform(1, 7)) if counted else None
        services.append((
            n, slug, name, name.lower(), purpose, need, rng.random() < 0.8,
            rng.choice(CATEGORIES) if rng.random() < 0.9 else None,
            f"https://service.example/{slug}", json.dumps([noun, adjective]), '["online", "phone"]',
            '["https://source.example/list"]', answer, volume,
            "2025-04-01" if counted else None, "2026-03-31" if counted else None,
            phase, owner, delivers, ",".join(audience), 1, STAMP,
        ))  # fmt: skip
        audiences += [(n, each) for each in audience]
        day = FIRST_DAY + timedelta(days=rng.randrange(4_000))
        held = [p for p in ("alpha", "public_beta") if p != phase][: rng.randrange(3)]
        for at, each in enumerate(held):
            start = day + timedelta(days=300 * at)
            end = start + timedelta(days=300)
            phases.append((3 * n + at, n, each, start.isoformat(), end.isoformat()))
        start = day + timedelta(days=300 * len(held))
        phases.append((3 * n + 2, n, phase, start.isoformat(), None))
        owners.append((2 * n, n, "accountable", owner, None, day.isoformat(), None))
        if delivers:
            owners.append((2 * n + 1, n, "delivers", delivers, None, day.isoformat(), None))
        if n % 2:
            names.append((n, n, f"{adjective.capitalize()} {noun} desk", "synonym", "en"))
        if n % 3 == 0:
            links.append((n, n, "source_code", f"https://code.example/{slug}"))
        if answer == "offers":
            apis.append((n, n, f"{noun.capitalize()} API", f"https://api.example/{slug}"))
        reviews.append(_review(2 * n, "service", n, None if phase == "retired" else 12))
        after = json.dumps({"slug": slug, "name": name})
        events.append(
            (n, STAMP, "command:bench", "bench", 1, "imported", "service", n, "{}", after)
        )
    yield Rows("service", (
        "id", "slug", "name", "sort_name", "purpose", "user_need", "transactional", "category",
        "start_page", "keywords", "channels", "sources", "apis_answer", "yearly_transactions",
        "transactions_from", "transactions_to", "phase", "organisation_id", "delivers_id",
        "audience_set", "version", "edited_at",
    ), services)  # fmt: skip
    yield Rows("service_audience", ("service_id", "audience"), audiences)
    yield Rows("service_phase", ("id", "service_id", "phase", "since", "until"), phases)
    columns = ("id", "service_id", "role", "organisation_id", "published_name", "since", "until")
    yield Rows("service_owner", columns, owners)
    yield Rows("service_name", ("id", "service_id", "name", "kind", "language"), names)
    yield Rows("service_link", ("id", "service_id", "kind", "url"), links)
    yield Rows("service_api", ("id", "service_id", "name", "address"), apis)
    yield Rows("review", REVIEWS, reviews)
    event_columns = ("id", "at", "actor", "origin", "batch_id", "tag", "thing", "thing_id",
                     "before", "after")  # fmt: skip
    yield Rows("history_event", event_columns, events)


def _listed(usages: Rows) -> Iterator[tuple[int, int, str]]:
    """What providers know of these usages: four of five that are live, one of ten from another day.

    Yields the component, the service and the day, of a few components.
    """
    for id_, service, _need, _how, component, _product, status, since, *_rest in usages.rows:
        if component in LISTING and status == "live" and int(str(id_)) % 5:
            day = BEGAN.isoformat() if int(str(id_)) % 10 == 1 else str(since)
            yield int(str(component)), int(str(service)), day


def _rosters(listed: list[tuple[int, int, str]], services: int) -> Iterator[Rows]:
    """A list of each of these components, with services that do not use it and names that nobody
    knows.
    """
    columns = ("id", "component_id", "taken_on", "sort", "batch_id")
    yield Rows("roster", columns,
               [(c, c, "2026-10-01", "per_service", 1) for c in LISTING])  # fmt: skip
    more = [(c, n, None) for c in LISTING for n in range(c, services + 1, COMPONENTS * 4)]
    rows: list[tuple[object, ...]] = [
        (n, component, n, f"Service {service} as its provider calls it",
         service if n % 9 else None, since)
        for n, (component, service, since) in enumerate(sorted({*listed, *more}, key=str), start=1)
    ]  # fmt: skip
    yield Rows(
        "roster_row", ("id", "roster_id", "position", "service", "service_id", "since"), rows
    )


def _usages(rng: random.Random, first: int, last: int) -> Iterator[Rows]:
    rows: list[tuple[object, ...]] = []
    needs = range(1, CAPABILITIES + 1)
    for service in range(first, last):
        for at, need in enumerate(rng.sample(needs, USAGES_EACH)):
            arrangement = rng.choices(
                ("shared_component", "own_build", "bought_product", "by_hand", "gap"),
                (60, 15, 12, 9, 4),
            )[0]
            status = rng.choices(STATUSES, (70, 3, 10, 8, 5, 4))[0]
            since = FIRST_DAY + timedelta(days=rng.randrange(5_000))
            began = status in ("live", "stopping", "stopped")
            ends = status in ("stopping", "stopped")
            rows.append((
                service * USAGES_EACH + at, service, need, arrangement,
                rng.choice(offered(need)) if arrangement == "shared_component" else None,
                f"Product {need}" if arrangement == "bought_product" else None, status,
                since.isoformat() if began else None, "published" if began else None,
                (since + timedelta(days=700)).isoformat() if ends else None,
                "published" if ends else None, "command:bench", 1, STAMP,
            ))  # fmt: skip
    columns = ("id", "service_id", "capability_id", "arrangement", "component_id", "product",
               "status", "since", "since_basis", "until", "until_basis", "declared_by", "version",
               "edited_at")  # fmt: skip
    yield Rows("usage", columns, rows)
