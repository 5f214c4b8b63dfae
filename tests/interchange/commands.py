"""Run the commands of the portal in a test."""

from __future__ import annotations

import json

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from portal.db import Database


def run(app: Flask, *words: str, code: int = 0, answer: str | None = None) -> Result:
    """Run a command and check how it ended."""
    result = app.test_cli_runner().invoke(args=list(words), input=answer)
    assert result.exit_code == code, result.output + repr(result.exception)
    return result


def counts(app: Flask, *words: str) -> dict[str, int]:
    """Run an import and give its counts."""
    found: dict[str, int] = json.loads(run(app, "import", *words, "--yes", "--json").stdout)
    return found


def load(app: Flask, files: dict[str, str]) -> None:
    """Import everything once."""
    counts(app, "organisations", files["government.tsv"], files["wales.tsv"])
    counts(app, "services-csv", files["services.csv"])
    counts(app, "transaction-volumes", files["volumes.csv"])


def number(database: Database, table: type) -> int:
    """Rows of a table."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
