"""What the page for leadership calls things."""

from __future__ import annotations

from portal.reports.rules.leadership import CONDITIONS, ENDED
from portal.web.i18n import lazy

WHY = {
    CONDITIONS: lazy("Its conditions are not met"),
    ENDED: lazy("Leave has ended, and the component is not used"),
}
