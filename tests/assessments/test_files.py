"""Lists of the assessments as files, those of the assurance team too."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.access import Grant, Kind, Role
from tests.support.accounts import add_person, other_browser, signed_in
from tests.support.pages import PageClient

DEMO = pytest.mark.parametrize("demo", [True])
SQLITE = pytest.mark.parametrize("kind", ["sqlite"])
FORMATS = ((".csv", "text/csv"), (".json", "application/json"))


@DEMO
@SQLITE
def test_lists_as_files(client: PageClient, app: Flask, session: Session) -> None:
    team = other_browser(app)
    decider = Grant(Role.ASSURANCE_TEAM, Kind.PORTAL, 0)
    signed_in(team, session, add_person(session, "team@a.example", decider))
    for ending, kind in FORMATS:
        answer = client.get(f"/components/govuk-verify/assessments{ending}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        for page in ("/findings/suggestions", "/report-checks", "/report-services"):
            assert client.get(f"{page}{ending}").status_code in (302, 401), "the team alone"
            answer = team.get(f"{page}{ending}")
            assert (answer.status_code, answer.mimetype) == (200, kind), page
