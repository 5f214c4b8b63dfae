"""How many assessments and points there are of each sort.

Revision: 0030
Follows: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

YEAR = {
    "sqlite": "coalesce(CAST(strftime('%Y', a.held_on) AS INTEGER), 0)",
    "postgresql": "coalesce(CAST(extract(year FROM a.held_on) AS INTEGER), 0)",
}


def _key(name: str, length: int = 0) -> sa.Column:
    kind = sa.String(length=length) if length else sa.Integer()
    return sa.Column(name, kind, nullable=False, **({} if length else {"autoincrement": False}))


def upgrade() -> None:
    """Bring the schema forward, with what the tables say of the assessments that are there."""
    op.create_table(
        "assessment_count",
        _key("version_id"), _key("year"), _key("stage", 40), _key("kind", 40), _key("result", 40),
        _key("points", 20), _key("copy"),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "version_id", "year", "stage", "kind", "result", "points", "copy",
            name=op.f("pk_assessment_count"),
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "point_count",
        _key("version_id"), _key("year"), _key("number"), _key("stage", 40), _key("kind", 40),
        _key("rating", 40),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "version_id", "year", "number", "stage", "kind", "rating", name=op.f("pk_point_count")
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    year = YEAR[op.get_bind().dialect.name]
    op.execute(
        f"""
        INSERT INTO assessment_count (version_id, year, stage, kind, result, points, copy, many)
        SELECT version_id, year, stage, kind, result, points, copy, count(*) FROM (
          SELECT coalesce(a.standard_version_id, 0) AS version_id, {year} AS year, a.stage, a.kind,
            a.result,
            CASE WHEN EXISTS (SELECT 1 FROM assessment_point p WHERE p.assessment_id = a.id
                              AND p.rating = 'not_met') THEN 'some_not_met'
                 WHEN EXISTS (SELECT 1 FROM assessment_point p WHERE p.assessment_id = a.id)
                 THEN 'all_met' ELSE 'no_points' END AS points,
            CASE WHEN r.same_as_id IS NULL THEN 0 ELSE 1 END AS copy
          FROM assessment a JOIN report r ON r.id = a.report_id
        ) AS each_one
        GROUP BY version_id, year, stage, kind, result, points, copy
        """
    )
    op.execute(
        f"""
        INSERT INTO point_count (version_id, year, number, stage, kind, rating, many)
        SELECT coalesce(a.standard_version_id, 0), {year}, p.number, a.stage, a.kind, p.rating,
          count(*)
        FROM assessment a
        JOIN report r ON r.id = a.report_id
        JOIN assessment_point p ON p.assessment_id = a.id
        WHERE r.same_as_id IS NULL AND a.kind NOT IN ('peer_review', 'mock')
          AND a.result <> 'not_rated'
        GROUP BY 1, 2, 3, 4, 5, 6
        """
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("point_count")
    op.drop_table("assessment_count")
