"""Runs the migrations of the folder migrations/ on a database.

Alembic is only imported where it is needed: that takes longer than most commands do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from portal.db import Database
from portal.errors import Refused

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def config(database: Database) -> Config:
    """Alembic's configuration for one database."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["database"] = database
    return made


def expected() -> str:
    """The revision that this code needs: the one line of migrations/HEAD."""
    return (FOLDER / "HEAD").read_text(encoding="ascii").strip()


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision. Raises Refused where there is no such revision."""
    from alembic import command

    with _refusals():
        command.upgrade(config(database), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision. Raises Refused where there is no such revision."""
    from alembic import command

    with _refusals():
        command.downgrade(config(database), revision)


def check(database: Database) -> None:
    """Raise Refused where models and schema differ."""
    from alembic import command

    with _refusals():
        command.check(config(database))


@contextmanager
def _refusals() -> Iterator[None]:
    """Say what Alembic refuses as the portal does."""
    from alembic.util import CommandError

    try:
        yield
    except CommandError as problem:
        raise Refused(str(problem)) from problem
