"""A use is confirmed by what confirms it alone: not by a dispute that its claim agreed with.

The day of the last confirmation is worked out again for what was ever disputed. Reports follow with
`flask rollups rebuild`.

Revision: 0062
Follows: 0061
"""

from __future__ import annotations

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

CONFIRMED = """UPDATE usage SET confirmed_on = (SELECT MAX(said.day) FROM (
SELECT e.said_on AS day FROM usage_evidence e WHERE e.usage_id = usage.id
AND e.kind IN ('provider_confirmed', 'roster', 'scan', 'invoice')
UNION ALL SELECT roster.taken_on FROM roster JOIN roster_row ON roster_row.roster_id = roster.id
WHERE roster.component_id = usage.component_id AND roster_row.service_id = usage.service_id) said)
WHERE id IN (SELECT usage_id FROM usage_evidence WHERE kind = 'provider_disputed')"""


def upgrade() -> None:
    """Mend what is there."""
    op.execute(CONFIRMED)


def downgrade() -> None:
    """Nothing: the schema is as it was."""
