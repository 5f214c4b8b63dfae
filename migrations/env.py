"""Alembic's environment: lock timeouts, foreign keys off while SQLite tables are rebuilt."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

import portal.accounts.models
import portal.assessments.models
import portal.audit
import portal.catalogue.models
import portal.jobs.models
import portal.mail.models
import portal.performance.models
import portal.reports.models  # noqa: F401  (these load every table)
from portal.db import Base, Database


def _mine(name: str | None, kind: str, parents: Any) -> bool:
    """Search tables are made by hand, differently per database."""
    return not (kind == "table" and name is not None and name.startswith("search_"))


def _run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=_mine,
        render_as_batch=sqlite,
        compare_type=True,
        transaction_per_migration=True,
    )
    if not sqlite:
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.execute(text("SET statement_timeout = '15min'"))
        connection.commit()
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"migration left {len(broken)} rows that point at nothing")


database: Database = context.config.attributes["database"]
with database.engine.connect() as connection:
    if database.sqlite:
        # Rebuilding a table with foreign keys on deletes its children.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
    try:
        _run(connection)
    finally:
        connection.rollback()
        if database.sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]
