"""A database whose every session lives inside one transaction that a test rolls back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, sessionmaker

from portal.db import KEPT, Database
from portal.kept import Kept


class RolledBackDatabase(Database):
    """Reads and writes through one connection; between `begin` and `end` nothing else does.

    A commit inside only releases a savepoint. Reading refuses to write, as the real one does.
    """

    def __init__(self, real: Database) -> None:
        self.url = real.url
        self.sqlite = real.sqlite
        self.engine = real.engine
        self.read_engine = None
        self.connection: Connection | None = None
        self._readers = 0
        self._write = sessionmaker(expire_on_commit=False, join_transaction_mode="create_savepoint")
        self.kept = Kept(KEPT)
        self._read = sessionmaker(
            autoflush=False, join_transaction_mode="create_savepoint", info={"kept": self.kept}
        )

    def begin(self) -> Connection:
        """Open the outer transaction."""
        self.kept.clear()  # ids that were rolled back are given again
        self.connection = self.engine.connect()
        self.connection.begin()
        for maker in (self._write, self._read):
            maker.configure(bind=self.connection)
        return self.connection

    def end(self) -> None:
        """Undo everything since `begin`."""
        assert self.connection is not None
        self._readers = 0
        self.connection.rollback()
        self.connection.close()
        self.connection = None

    @contextmanager
    def reading(self, fresh: bool = False) -> Iterator[Session]:
        with self._read() as session:
            self._forbid_writing(session)
            try:
                yield session
            finally:
                session.expunge_all()  # what was read stays readable after the rollback
                session.rollback()  # on PostgreSQL this also ends "read only"
                self._allow_writing()

    def session(self) -> Session:
        """A session for the test itself."""
        return self._write()

    def revision(self) -> str | None:
        assert self.connection is not None
        return self.connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _forbid_writing(self, session: Session) -> None:
        if not self.sqlite:
            session.execute(text("SET TRANSACTION READ ONLY"))
            return
        session.connection()  # the savepoint first
        self._readers += 1
        session.execute(text("PRAGMA query_only = ON"))

    def _allow_writing(self) -> None:
        if self.sqlite and self.connection is not None:
            self._readers -= 1
            if self._readers == 0:
                self.connection.exec_driver_sql("PRAGMA query_only = OFF")
