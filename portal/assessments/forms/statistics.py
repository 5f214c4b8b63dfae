"""Words of the figures of assessments."""

from __future__ import annotations

from collections.abc import Mapping

from portal.assessments.rules import statistics as rules
from portal.assessments.words import Stage
from portal.web.i18n import lazy

#: Why assessments are not in the figures.
LEFT_OUT: Mapping[str, str] = {
    rules.COPY: lazy("Reports that repeat another one"),
    rules.MOCK: lazy("Mock assessments"),
    rules.REVIEW: lazy("Peer reviews, which are not rated"),
    rules.NO_RESULT_SELF: lazy("Self-certifications whose report states no result"),
    rules.NO_RESULT: lazy("Assessments whose report states no result"),
}
FIRST_OR_AGAIN: Mapping[str, str] = {
    "first": lazy("First assessments"),
    "again": lazy("Reassessments and amber reviews"),
}
#: What each stage is called.
STAGES: Mapping[str, str] = {
    Stage.DISCOVERY: lazy("Discovery"),
    Stage.ALPHA: lazy("Alpha"),
    Stage.BETA: lazy("Beta"),
    Stage.LIVE: lazy("Live"),
    Stage.LIVE_REVIEW: lazy("Live review"),
    Stage.UNKNOWN: lazy("Stage not known"),
}
