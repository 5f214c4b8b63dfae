"""The spreadsheets of reports say what their pages say."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask import Flask

from portal.spreadsheets import limits
from tests.support.pages import PageClient

DEMO = pytest.mark.parametrize("demo", [True])


def content(client: PageClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
        name = "content.xml" if "content.xml" in found.namelist() else "xl/sharedStrings.xml"
        return found.read(name).decode()


@DEMO
def test_the_page_for_leadership(client: PageClient) -> None:
    run, _before = client.get("/savings/runs.json").get_json()["items"]
    for kind in ("ods", "xlsx"):
        found = content(client, f"/leadership.{kind}")
        for text in (
            "Likely between",
            "Not cash-releasing.",
            "With declared use as well it would be a loss.",
            "claims rest on judgement or a benchmark",
            "2 benchmarks are over two years old.",
            run["inputs_digest"],
            run["lines_digest"],
            "GOV.UK Verify",
            "Poulin, Measuring Software Reuse, 1997",
            "Every figure, with the address",
        ):
            assert text in found, text
    again = client.get("/leadership.ods")
    assert again.data == client.get("/leadership.ods").data
    fresh = client.get("/leadership.ods", headers={"If-None-Match": again.headers["ETag"]})
    assert fresh.status_code == 304
    assert client.get("/leadership.ods?colour=blue").status_code == 400


def test_nothing_is_worked_out(app: Flask, client: PageClient) -> None:
    assert "Services by phase" in content(client, "/leadership.ods")


@DEMO
def test_the_claims_of_a_run(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _before = client.get("/savings/runs.json").get_json()["items"]
    here = f"/savings/runs/{run['run']}/claims"
    lines = client.get(f"{here}.json").get_json()["items"]
    found = content(client, f"{here}.ods")
    assert all(line["claim_key"] in found for line in lines)
    rows = re.findall(r"'claims'\.A4:'claims'\.AP(\d+)", found)
    assert rows == [str(4 + len(lines))]
    assert run["lines_digest"] in found
    some = client.get(f"{here}.json?kind=platform").get_json()["items"]
    narrow = content(client, f"{here}.ods?kind=platform")
    assert f"'claims'.AP{4 + len(some)}" in narrow
    assert client.get(f"{here}.xlsx").data[:2] == b"PK"
    assert client.get("/savings/runs/999/claims.ods").status_code == 404
    monkeypatch.setattr(limits, "MOST_ROWS", 3)
    refused = client.get(f"{here}.ods")
    assert refused.status_code == 400
    assert "take the CSV file" in refused.text
