"""What the pipeline report calls things."""

from __future__ import annotations

from portal.reports.rules.pipeline import Answer, Use
from portal.web.i18n import lazy

USES = {
    Use.CONFIRMED: lazy("Confirmed use of a shared component"),
    Use.DECLARED: lazy("Declared use only"),
    Use.NONE: lazy("No use recorded"),
}
ANSWERS = {
    Answer.FEW: lazy(
        "Too few assessments are of services with confirmed use, or without any, to tell."
    ),
    Answer.OVERLAP: lazy("These figures do not tell: the two ranges overlap."),
    Answer.MORE: lazy(
        "Services with confirmed use passed more often than those with none recorded."
    ),
    Answer.LESS: lazy(
        "Services with confirmed use passed less often than those with none recorded."
    ),
}
