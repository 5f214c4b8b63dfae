"""Records of a data set without dimensions have the cell that their values have.

What is not shown was told to programs, because their cell was none. Where a period has two
records, the one that came last stays: its values are the current ones, and those of the other are
revisions. Answers that others keep are fetched again, as of a changed data set.

Revision: 0059
Follows: 0058
"""

from __future__ import annotations

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

SETS = """SELECT id FROM data_set WHERE NOT open_schema AND period IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM data_dimension WHERE data_set_id = data_set.id)"""
MENDS = (
    f"""UPDATE data_set SET version = version + 1 WHERE id IN ({SETS}) AND id IN
(SELECT data_set_id FROM data_record WHERE cell IS NULL)""",
    f"""DELETE FROM data_record WHERE data_set_id IN ({SETS}) AND EXISTS (
SELECT 1 FROM data_record later WHERE later.data_set_id = data_record.data_set_id
AND later.day = data_record.day
AND (COALESCE(later.updated_at, later.at), later.seq, later.record_id)
  > (COALESCE(data_record.updated_at, data_record.at), data_record.seq, data_record.record_id)
)""",
    f"""UPDATE data_record SET cell = '' WHERE cell IS NULL
AND data_set_id IN ({SETS})""",
)


def upgrade() -> None:
    """Mend what is there."""
    for statement in MENDS:
        op.execute(statement)


def downgrade() -> None:
    """Nothing: the schema is as it was."""
