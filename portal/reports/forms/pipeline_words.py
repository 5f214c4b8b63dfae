"""What the pipeline report calls things."""

from __future__ import annotations

from portal.reports.rules.pipeline import Use
from portal.web.i18n import lazy

USES = {
    Use.CONFIRMED: lazy("Confirmed use of a shared component"),
    Use.DECLARED: lazy("Declared use only"),
    Use.NONE: lazy("No use recorded"),
}
