"""Databases for tests: migrated once per process, copied where a test must really commit."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config import Settings
from portal import create_app, migrations
from portal.db import Database
from tests.databases import drop_database, make_database, postgresql_server
from tests.support.data import load_demo

KINDS = ("sqlite", "postgresql")
SECRET = "only-for-tests-" + "x" * 32


def settings_for(database: Database) -> Settings:
    """The settings of a portal under test."""
    url = database.url.render_as_string(hide_password=False)
    return Settings(environment="test", secret_key=SECRET, database_url=url, log_level="ERROR")


class Provision:
    """Makes databases of either kind; PostgreSQL is started when it is first asked for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self._numbers = itertools.count()
        self._admin: str | None = None
        self._templates: dict[tuple[str, str], str] = {}
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._prefix = f"portal_test_{worker}_{os.getpid()}"

    @property
    def admin(self) -> str:
        """The address for making PostgreSQL databases."""
        if self._admin is None:
            self._admin = self.stack.enter_context(postgresql_server())
        return self._admin

    def _template(self, kind: str, demo: bool) -> str:
        """The file or name of a migrated database that nobody is connected to."""
        label = "demo" if demo else "template"
        if (kind, label) not in self._templates:
            url = self._copy(kind, label, False) if demo else self._empty(kind, label)
            database = Database(url)
            if demo:
                load_demo(create_app(settings_for(database), database))
            else:
                migrations.upgrade(database)
            database.close()
            self._templates[kind, label] = str(database.url.database)
        return self._templates[kind, label]

    def _empty(self, kind: str, label: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self.folder / label}.sqlite"
        name = f"{self._prefix}_{label}"
        url = make_database(self.admin, name)
        self.stack.callback(drop_database, self.admin, name)
        return url

    def _copy(self, kind: str, label: str, demo: bool) -> str:
        template = self._template(kind, demo)
        if kind == "sqlite":
            path = self.folder / f"{label}.sqlite"
            shutil.copyfile(template, path)
            return f"sqlite:///{path}"
        name = f"{self._prefix}_{label}"
        url = make_database(self.admin, name, template)
        self.stack.callback(drop_database, self.admin, name)
        return url

    @contextmanager
    def database(
        self, kind: str, *, migrated: bool = True, demo: bool = False, busy_timeout_ms: int = 5000
    ) -> Iterator[Database]:
        """Yield a real database of its own: what is committed there stays until the end."""
        label = f"db{next(self._numbers)}"
        url = self._copy(kind, label, demo) if migrated else self._empty(kind, label)
        database = Database(url, busy_timeout_ms=busy_timeout_ms)
        try:
            yield database
        finally:
            database.close()
