"""Engines, sessions and column types, the same on SQLite and PostgreSQL.

Two traps decide the shape (docs/decisions/0002-database.md): SQLite's own transaction mode loses
updates, so writers begin with BEGIN IMMEDIATE; and a page must not write, so readers get a
connection that cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

from portal.kept import Kept

T = TypeVar("T")
CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: JSON on SQLite, JSONB on PostgreSQL.
Json = JSON().with_variant(JSONB(), "postgresql")

#: The number of the lock that `one_at_a_time` takes on PostgreSQL; any would do.
TURN = 20_161_001
#: From so many rows on, COPY is quicker than INSERT.
COPIED = 100
#: How many things worked out from the records a process keeps.
KEPT = 1_000


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


#: How engines write and read JSON: several times faster than the standard library.
_JSON: dict[str, Any] = {"json_serializer": _dumps, "json_deserializer": orjson.loads}


class Base(DeclarativeBase):
    """The parent of every table; names constraints so that migrations can."""

    metadata = MetaData(naming_convention=CONVENTION)


class UtcTime(TypeDecorator[datetime]):
    """A moment with its zone: refuses naive values, restores the zone that SQLite drops."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; raise ValueError for a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back a moment in UTC, on both databases."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def sorted_text(length: int) -> String:
    """Text that sorts letter by letter, as Python and SQLite do, whatever the database's locale."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def enum_column(kind: type[StrEnum], name: str | None = None) -> Enum:
    """Store an enum by value in a VARCHAR with a CHECK that names its members.

    Args:
        kind: the enum.
        name: of the CHECK, where a table has the enum twice.
    """
    return Enum(
        kind,
        values_callable=lambda members: [m.value for m in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        name=name or _snake(kind.__name__),
    )


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Database:
    """One database: `reading()` for pages, `writing()` for actions.

    Args:
        url: SQLAlchemy address that takes writes.
        read_url: address of a hot standby; reads go to `url` without one.
        busy_timeout_ms: milliseconds a SQLite writer waits for another.
    """

    def __init__(self, url: str, read_url: str | None = None, busy_timeout_ms: int = 5000) -> None:
        """Make the engines; nothing is opened until the first session."""
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine(self.url, busy_timeout_ms)
        self.read_engine: Engine | None = None
        if read_url or self.sqlite:
            self.read_engine = self._engine(make_url(read_url or url), busy_timeout_ms, True)
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self.kept = Kept(KEPT)
        info = {"kept": self.kept}
        self._read = sessionmaker(self.read_engine or self.engine, autoflush=False, info=info)
        self._fresh = sessionmaker(self.engine, autoflush=False, info=info)

    # What people typed is in the parameters, and must not reach a log by way of an error.
    def _engine(self, url: URL, busy_timeout_ms: int, readonly: bool = False) -> Engine:
        if self.sqlite:
            if url.database:
                Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            engine = create_engine(url, hide_parameters=True, **_JSON)
            _prepare_sqlite(engine, busy_timeout_ms, readonly)
            return engine
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=4, max_overflow=4, **_JSON
        )

    @contextmanager
    def reading(self, fresh: bool = False) -> Iterator[Session]:
        """Yield a session whose connection refuses every write.

        Args:
            fresh: read where we write, since a standby is some moments behind.
        """
        # Closing rolls back, and lets go of what was read, which so stays readable.
        with self._fresh() if fresh and not self.sqlite else self._read() as session:
            if not self.sqlite:
                session.connection(execution_options={"postgresql_readonly": True})
            yield session
            if not self.sqlite and not session.connection().invalidated:
                # The driver forgets the statements that it prepared when it rolls back, and each
                # was planned anew for every page: half of its time. There is nothing to keep.
                session.expunge_all()
                session.commit()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session that commits once at the end, or leaves nothing behind."""
        with self._write() as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def revision(self) -> str | None:
        """The migration revision the database is at, or None before the first."""
        with self.engine.connect() as connection:
            # Asked by health checks, which must not wait for a writer.
            connection = connection.execution_options(portal_readonly=True)
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self.read_engine:
            self.read_engine.dispose()


_TURN = text("SELECT pg_advisory_xact_lock(:turn)")


def one_at_a_time(session: Session) -> None:
    """Wait until no other transaction holds this turn, and hold it to the end of this one.

    Imports, undo and decisions read much before they write; two at once would both act on what
    they read. On SQLite every writer has its turn already (BEGIN IMMEDIATE).
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TURN, {"turn": TURN})


def table_of(model: type[Base]) -> Table:
    """A model's table, for statements past the ORM."""
    return cast(Table, model.__table__)


def new_ids(session: Session, model: type[Base], many: int) -> list[int]:
    """Ids for so many new rows of a table that gives none twice, for rows that point at each other
    to be written at once. RETURNING would take a statement for each row on SQLite.
    """
    name = table_of(model).name
    if session.get_bind().dialect.name == "sqlite":
        # Nobody else writes until this transaction ends.
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        last = session.scalar(query, {"name": name}) or 0
        return list(range(last + 1, last + many + 1))
    query = text(
        "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :many)"
    )
    return list(session.scalars(query, {"name": name, "many": many}))


def insert_rows(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows past the ORM, which takes half the time; many of them by COPY or the driver
    alone, which halves it again.

    Args:
        rows: all with the same columns, those among them that have a default in Python.

    Raises:
        IntegrityError: a row breaks a constraint.
    """
    if len(rows) >= COPIED:
        insert_columns(session, model, {name: map(itemgetter(name), rows) for name in rows[0]})
    elif rows:
        session.execute(insert(table_of(model)), rows)


def insert_columns(
    session: Session, model: type[Base], columns: Mapping[str, Iterable[Any]],
    keeps: Collection[str] | None = None, ready: Collection[str] = (),
) -> None:  # fmt: skip
    """Insert many rows, which come as columns.

    Args:
        columns: of the same length, with those that have a default in Python.
        ready: columns whose values are as the driver takes them: JSON as text, say.
        keeps: on SQLite only: a row is put over one with its primary key, of which these columns
            stay, and those that are not given are empty; other keys must be free.

    Raises:
        IntegrityError: a row breaks a constraint.
    """
    session.flush()  # as before any other statement
    connection, table = session.connection(), table_of(model)
    quoted = connection.dialect.identifier_preparer
    names = ", ".join(quoted.format_column(table.c[name]) for name in columns)
    into = f"{quoted.format_table(table)} ({names})"
    hows = {n: _processor(table.c[n].type, connection.dialect) for n in columns if n not in ready}
    put = [map(how, each) if (how := hows.get(n)) else each for n, each in columns.items()]
    if connection.dialect.name == "postgresql":
        statement = f"COPY {into} FROM STDIN"
    else:
        over = "" if keeps is None else _over(table, keeps)
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {into} VALUES ({marks}){over}"  # noqa: S608 - names of the schema
    _put_rows(connection, statement, zip(*put, strict=True))


def _over(table: Table, keeps: Collection[str]) -> str:
    key = [column.name for column in table.primary_key]
    names = [column.name for column in table.columns if column.name not in {*key, *keeps}]
    new = [f"{name} = excluded.{name}" for name in names]
    return f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(new)}"


class _Once(dict[Any, Any]):
    """Values as they are put, each made once: moments and days repeat."""

    def __init__(self, how: Callable[[Any], Any]) -> None:
        self._how = how

    def __missing__(self, value: Any) -> Any:
        made = self[value] = None if value is None else self._how(value)
        return made


def _processor(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    how: Callable[[Any], Any] | None = type_.dialect_impl(dialect).bind_processor(dialect)
    if how and dialect.name == "sqlite":
        how = next((made for kind, made in _AS_TEXT if isinstance(type_, kind)), how)
    return _Once(how).__getitem__ if how and isinstance(type_, UtcTime | Date) else how


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


#: What SQLAlchemy writes in SQLite, in a fifth of its time.
_AS_TEXT: list[tuple[Any, Callable[[Any], Any]]] = [
    (UtcTime, _moment), (Date, lambda day: day.isoformat()[:10]), (JSON, _dumps)
]  # fmt: skip


def _put_rows(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Hand rows to the driver one by one: thousands together take as long again to be made."""
    raw: Any = connection.connection.driver_connection
    try:
        if connection.dialect.name != "postgresql":
            raw.executemany(statement, rows)
            return
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise as_sqlalchemy(connection, statement, problem) from problem


def as_sqlalchemy(connection: Connection, statement: str, problem: Exception) -> Exception:
    """What a driver that was asked directly raised, as SQLAlchemy raises it: without the values,
    and with a lost connection given up.
    """
    dialect = connection.dialect
    errors: Any = dialect.loaded_dbapi.Error
    driver: Any = connection.connection.dbapi_connection
    lost = dialect.is_disconnect(cast(Any, problem), driver, None)
    if lost:
        connection.invalidate(problem)
    return DBAPIError.instance(
        statement, None, problem, errors, hide_parameters=True, connection_invalidated=lost,
        dialect=dialect,
    )  # fmt: skip


def chunks(ids: Iterable[T], size: int = 500) -> Iterator[list[T]]:
    """Ids in their order, some at a time: a statement takes only so many."""
    every = list(ids)
    for start in range(0, len(every), size):
        yield every[start : start + size]


def insert_new(session: Session, table: type[Base], row: Mapping[str, Any]) -> int | None:
    """Insert one row and give its id; None where a unique value of it is there already.

    Two transactions that insert the same at once write one row: the second waits for the first.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(row).on_conflict_do_nothing()
    made: int | None = session.scalar(statement.returning(table.__table__.c.id))
    return made


def _prepare_sqlite(engine: Engine, busy_timeout_ms: int, readonly: bool) -> None:
    pragmas = [
        "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON",
        f"busy_timeout = {busy_timeout_ms}", "cache_size = -64000", "mmap_size = 268435456",
        "temp_store = MEMORY",
    ]  # fmt: skip
    if readonly:
        # For as long as the connection lives: SQLite compiles every statement afresh after it.
        pragmas.append("query_only = ON")

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        options: Mapping[str, object] = connection.get_execution_options()
        if readonly:
            connection.connection.driver_connection.execute("BEGIN")
        elif options.get("portal_readonly"):
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
