"""Needs of which nobody says how they are met are counted, from the facts that are kept.

Revision: 0067
Follows: 0066
"""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

UNSAID = """WITH unsaid AS (SELECT f.capability_id AS need, f.organisation_id AS body,
f.kind AS kind, f.phase AS phase FROM reuse_fact f WHERE f.counted = 'needed' AND NOT EXISTS (
SELECT 1 FROM reuse_fact w WHERE w.service_id = f.service_id AND w.capability_id = f.capability_id
AND (w.counted = 'shared' OR (w.counted IN ('own', 'bought', 'by_hand', 'gap')
AND w.standing IN ('confirmed', 'declared'))))),
placed AS (SELECT -1 AS body, '' AS kind, '' AS phase, need FROM unsaid
UNION ALL SELECT -1, '', phase, need FROM unsaid
UNION ALL SELECT body, '', '', need FROM unsaid
UNION ALL SELECT -1, kind, '', need FROM unsaid WHERE kind <> ''
UNION ALL SELECT -1, kind, phase, need FROM unsaid WHERE kind <> ''),
every AS (SELECT body, kind, phase, need FROM placed
UNION ALL SELECT body, kind, phase, 0 FROM placed)
INSERT INTO reuse_count (organisation_id, kind, phase, capability_id, component_id, counted,
standing, many) SELECT body, kind, phase, need, 0, 'unsaid', '', COUNT(*) FROM every
WHERE NOT EXISTS (SELECT 1 FROM reuse_count c WHERE c.counted = 'unsaid')
GROUP BY body, kind, phase, need"""


def upgrade() -> None:
    """Count them once; where nothing is kept yet, the worker does."""
    op.execute(UNSAID)


def downgrade() -> None:
    """Nothing: the schema is as it was."""
