"""Fixtures for every test: databases, the portal on them, and a client that checks pages.

`database`, `session`, `app` and `client` run on SQLite and on PostgreSQL. Each test works inside
one transaction that is rolled back; a test that must commit takes `fresh_database`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from portal import create_app
from portal.audit import Act
from portal.db import Database
from portal.web.caching import PAGES
from tests.support import judges, one_database, one_day, order, summary
from tests.support.pages import PageClient
from tests.support.provision import KINDS, Provision, settings_for
from tests.support.transactions import RolledBackDatabase

# Before any module of tests is imported: many work out their today there.
one_day.keep()
# Tests make much and keep little: looking for what nobody needs took a tenth of their time.
gc.set_threshold(10_000, 20, 50)
Databases = Callable[[str, bool], RolledBackDatabase]
# How long an example takes says how busy the machine is.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("portal", UNHURRIED, max_examples=50)
settings.register_profile("judge", UNHURRIED, max_examples=1000)


def pytest_configure(config: pytest.Config) -> None:
    """Gather what the tests visited; choose how hard they look."""
    settings.load_profile("judge" if config.getoption(judges.JUDGE) else "portal")
    config.pluginmanager.register(summary.Plugin(config))
    config.pluginmanager.register(one_database.Plugin(config))
    config.pluginmanager.register(judges.Plugin(config))
    config.pluginmanager.register(order.Plugin())


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tests of pages run on one of the databases each, and long ones by themselves."""
    parser.addoption(one_database.BOTH, action="store_true", help="run pages on both databases")
    parser.addoption(judges.JUDGE, action="store_true", help="run the long tests, and no others")


@pytest.fixture(scope="session")
def provision(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provision]:
    """Makes databases."""
    with ExitStack() as stack:
        yield Provision(tmp_path_factory.mktemp("databases"), stack)


@pytest.fixture(scope="session")
def _databases(provision: Provision) -> Iterator[Databases]:
    # One of each sort per process: only the transaction is a test's own.
    made: dict[tuple[str, bool], RolledBackDatabase] = {}
    with ExitStack() as stack:

        def shared(kind: str, demo: bool) -> RolledBackDatabase:
            if (kind, demo) not in made:
                real = stack.enter_context(provision.database(kind, demo=demo))
                made[kind, demo] = RolledBackDatabase(real)
            return made[kind, demo]

        yield shared


@pytest.fixture(scope="session")
def _apps() -> dict[RolledBackDatabase, Flask]:
    return {}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return str(request.param)


@pytest.fixture
def demo() -> bool:
    """Whether `database` holds the demo set: `@pytest.mark.parametrize("demo", [True])`."""
    return False


@pytest.fixture
def database(kind: str, demo: bool, _databases: Databases) -> Iterator[RolledBackDatabase]:
    """A migrated database, empty unless the demo set is asked for; rolled back afterwards."""
    database = _databases(kind, demo)
    database.begin()
    try:
        yield database
    finally:
        database.end()


@pytest.fixture
def session(database: RolledBackDatabase) -> Iterator[Session]:
    """A session that writes; what it flushes, the app sees."""
    with database.session() as session:
        yield session


@pytest.fixture
def app(database: RolledBackDatabase, _apps: dict[RolledBackDatabase, Flask]) -> Flask:
    """The portal on `database`; shared by tests, so change nothing in it."""
    if database not in _apps:
        app = create_app(settings_for(database), database)
        app.test_client_class = PageClient
        summary.watch(app)
        _apps[database] = app
    _apps[database].extensions[PAGES].clear()  # ids that were rolled back are given again
    return _apps[database]


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A browser without a screen that checks every page it fetches."""
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


@pytest.fixture
def fresh_database(kind: str, provision: Provision) -> Iterator[Database]:
    """A migrated database of the test's own, for what must really commit."""
    with provision.database(kind, busy_timeout_ms=60_000) as database:
        yield database


@pytest.fixture
def bare_database(kind: str, provision: Provision) -> Iterator[Database]:
    """A database before the first migration."""
    with provision.database(kind, migrated=False) as database:
        yield database


@pytest.fixture
def act() -> Act:
    """Somebody does something."""
    return Act("command:test", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "test")
