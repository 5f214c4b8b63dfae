"""What the duplication report calls things."""

from __future__ import annotations

from portal.reports.words import Duplicated
from portal.web.i18n import lazy

WHICH = {
    Duplicated.SEPARATE: lazy("All own builds and bought products"),
    Duplicated.ADDRESSABLE: lazy("Addressable: a live component is there, and no exemption"),
    Duplicated.WITH_REASON: lazy("Addressable, with a recorded reason"),
    Duplicated.EXEMPT: lazy("Exempt"),
    Duplicated.OVERLAP: lazy("Overlap: the same audience and size"),
}
