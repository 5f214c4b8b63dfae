"""Each dashboard and chart that has an example comes as what it says."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.web.people import as_person
from tests.support.examples import addresses
from tests.support.pages import PageClient
from tests.support.people import reader_of

TYPES = {".csv": "text/csv", ".json": "application/json", ".svg": "image/svg+xml",
         ".png": "image/png"}  # fmt: skip


@pytest.mark.parametrize("demo", [True])
def test_each_comes_as_what_it_says(app: Flask, client: PageClient, session: Session) -> None:
    seen = set()
    for endpoint, address in addresses(app, session).values():
        ending = next((each for each in TYPES if address.endswith(each)), None)
        if endpoint.startswith("boards.") and ending:
            with as_person(app, reader_of(app, address)):
                answer = client.get(address)
            assert (answer.status_code, answer.mimetype) == (200, TYPES[ending]), address
            seen.add(ending)
    assert seen == set(TYPES)
