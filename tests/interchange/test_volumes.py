"""Volumes that providers bring: which uses they mean, what stays, and that it can be taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.actions import import_volumes, importing, measuring
from portal.catalogue.actions.meeting import Place
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage, UsageVolume
from portal.catalogue.rules.importing import Outcome
from portal.catalogue.store import imports, measured
from portal.catalogue.store.measured import VolumeQuery
from portal.interchange import volumes
from tests.interchange.commands import counts, run
from tests.interchange.files import write
from tests.support.accounts import act
from tests.support.data import ACT, add_organisation, add_service
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

COLUMNS = "component,service,need,year,quantity,source\n"


@pytest.fixture
def catalogue(session: Session) -> Session:
    add_organisation(session, "ministry")
    for need in ("letters", "texts"):
        add_capability(session, need)
    add_component(session, "notify", "letters", "texts")
    for service in ("boat-tax", "car-tax"):
        add_service(session, service, owner="ministry")
    add_usage(session, "boat-tax", "letters", component="notify", since="2021-01-01")
    for need in ("letters", "texts"):
        add_usage(session, "car-tax", need, component="notify", since="2023-05-01")
    return session


def kept(session: Session) -> list[tuple[str, int, int, str | None]]:
    session.expire_all()
    query = (
        select(Service.slug, UsageVolume.year, UsageVolume.quantity, UsageVolume.source)
        .join(Usage, Usage.id == UsageVolume.usage_id)
        .join(Service, Service.id == Usage.service_id)
    )
    rows: Any = session.execute(query.order_by(Service.slug, UsageVolume.year))
    return [tuple(row) for row in rows]


def bring(database: RolledBackDatabase, path: Path, *rows: str) -> Outcome:
    path.write_text(COLUMNS + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    parsed = volumes.parse(path, ACT.day)
    return importing.run(database, parsed, ACT, import_volumes.apply)


def test_what_a_file_says(catalogue: Session, database: RolledBackDatabase, tmp_path: Path) -> None:
    file = tmp_path / "volumes.csv"
    done = bring(
        database, file, 'notify,Boat tax,,2023,"1,200",Dashboard', "notify,boat-tax,,2024-25,7,",
        "notify,car-tax,texts,2023/24,5,", "notify,car-tax,,2024,5,",
        "notify,car-tax,letters,2020,5,", "notify,plane-tax,,2024,5,",
        "pay,boat-tax,,2024,5,", "notify,boat-tax,texts,2024,5,",
        "notify,boat-tax,,2024-26,5,", "notify,boat-tax,,2090,5,", "notify,boat-tax,,2022,some,",
        "notify,boat-tax,letters,2023,9,",
    )  # fmt: skip
    assert kept(catalogue) == [
        ("boat-tax", 2023, 1200, "Dashboard"), ("boat-tax", 2024, 7, None),
        ("car-tax", 2023, 5, None),
    ]  # fmt: skip
    assert [(each.row, each.column) for each in sorted(done.aside, key=lambda a: a.row or 0)] == [
        (5, "service"), (6, "year"), (7, "service"), (8, "component"), (9, "need"),
        (10, "year"), (11, "year"), (12, "quantity"), (13, "service"),
    ]  # fmt: skip
    component = catalogue.scalars(select(Usage.component_id)).first()
    assert component is not None
    query = VolumeQuery(component, after=None)
    rows = list(measured.every(catalogue, query))
    assert [(row.service, row.year) for row in rows] == [
        ("boat-tax", 2024), ("boat-tax", 2023), ("car-tax", 2023)
    ]  # fmt: skip
    rest = replace(query, after=(rows[0].sort_name, rows[0].place))
    assert measured.listing(catalogue, rest, 9) == rows[1:]
    assert measured.counts(catalogue, component) == {2024: 1, 2023: 2}
    file.write_text(json.dumps([row._asdict() for row in rows]), encoding="utf-8")
    again = importing.run(database, volumes.parse(file, ACT.day), ACT, import_volumes.apply)
    assert (again.updated, again.aside) == (0, []), "as it is downloaded, so it is read"


def test_a_teams_own_figure_stays_and_an_import_can_be_undone(
    catalogue: Session, database: RolledBackDatabase, app: Flask, tmp_path: Path
) -> None:
    def bring_here(*rows: str) -> dict[str, Any]:
        file = write(tmp_path, "volumes.csv", COLUMNS + "".join(f"{row}\n" for row in rows))
        return counts(app, "volumes", str(file))

    boat = "notify,boat-tax,,2023"
    bring_here(f"{boat},5,")
    bring_here(f"{boat},6,")
    assert kept(catalogue) == [("boat-tax", 2023, 6, None)], "a correction by who said it"
    use = catalogue.scalars(select(Usage).order_by(Usage.id)).first()
    assert use is not None
    place = Place(use.service_id, "boat-tax", "letters")
    said = measuring.Measured([{"year": 2023, "quantity": 8, "source": None}], None, None, 2**62)
    measuring.measure(database, place, use.id, said, act())
    done = bring_here(f"{boat},7,Theirs", "notify,car-tax,texts,2023,1,")
    [aside] = imports.set_aside(catalogue, done["batch"])
    assert (aside.column, aside.conflict, aside.value) == ("quantity", True, "7")
    assert (aside.thing, aside.slug, aside.name) == ("usage", str(use.id), "Boat tax")
    assert kept(catalogue) == [("boat-tax", 2023, 8, None), ("car-tax", 2023, 1, None)]
    run(app, "import", "undo", str(done["batch"]), "--yes")
    assert kept(catalogue) == [("boat-tax", 2023, 8, None)]
