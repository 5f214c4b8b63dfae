"""Reviews: when a record was confirmed, and by when it must be again.

Each service and component gets its row, reckoned from the day on which its history begins.

Revision: 0014
Follows: 0013
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("service", "component")
ROLES = (
    "team_member", "service_owner", "component_provider", "assessor", "assurance_team",
    "organisation_administrator", "portal_administrator", "leadership",
)  # fmt: skip
LONDON = ZoneInfo("Europe/London")
BATCH = 500


def _enum(members: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Bring the schema forward, and give each record its review."""
    review = op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum(KINDS, "reviewed"), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.Column("confirmed_as", _enum(ROLES, "confirmed_as"), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disowned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disowned_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)",
            name=op.f("ck_review_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(disowned_at IS NULL) = (disowned_by IS NULL)",
            name=op.f("ck_review_disowned_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("kind", "thing_id", name=op.f("uq_review_kind_thing_id")),
    )
    op.create_index(
        "ix_review_kind_review_by_thing_id", "review", ["kind", "review_by", "thing_id"]
    )
    _fill(review, "service", "phase, audience_set", _months_of_service)
    _fill(review, "component", "lifecycle, ''", _months_of_component)


def _months_of_service(phase: str, audiences: str) -> int | None:
    if phase == "retired":
        return None
    return 6 if phase == "live" and "public" in audiences.split(",") else 12


def _months_of_component(lifecycle: str, _nothing: str) -> int | None:
    return None if lifecycle == "closed" else 3


def _fill(review: sa.Table, kind: str, columns: str, months) -> None:  # type: ignore[no-untyped-def]
    connection = op.get_bind()
    first = sa.text(
        f"SELECT t.id, {columns}, coalesce((SELECT min(e.at) FROM history_event e "
        f"WHERE e.thing = '{kind}' AND e.thing_id = t.id), t.edited_at) FROM {kind} t"
    )
    rows = []
    for id_, one, other, at in connection.execute(first).all():
        since = _day(at)
        many = months(one, other)
        by = _later(since, many) if many else None
        rows.append({"kind": kind, "thing_id": id_, "since": since, "review_by": by})
    for start in range(0, len(rows), BATCH):
        op.bulk_insert(review, rows[start : start + BATCH])


def _day(at: datetime | str) -> date:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(LONDON).date()


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def downgrade() -> None:
    """Take it back."""
    op.drop_table("review")
