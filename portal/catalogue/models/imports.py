"""What importers remember: the words of each source, and what was set aside."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Json


class ImportedRecord(Base):
    """What a source said of a record in one import. Rows are added, never changed: the newest of
    an import that is not undone counts, so an undo needs to do nothing here.

    A field of the record that now differs from `said` was changed here since; if the source
    changes it as well, that is a conflict, and the source does not win by itself.
    """

    __tablename__ = "imported_record"
    __table_args__ = (UniqueConstraint("kind", "key", "batch_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(500))
    thing: Mapped[str] = mapped_column(String(30))
    thing_id: Mapped[int]
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE"), index=True
    )


class SetAside(Base):
    """A row or cell that an import did not accept, as it stood, with why.

    A conflict names the record it is about; the record may be gone since, so nothing refers to it.
    """

    __tablename__ = "import_set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE"), index=True
    )
    file: Mapped[str] = mapped_column(String(300))
    row: Mapped[int | None]
    column: Mapped[str | None] = mapped_column(String(300))
    value: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    conflict: Mapped[bool]
    thing: Mapped[str | None] = mapped_column(String(30))
    thing_id: Mapped[int | None]
