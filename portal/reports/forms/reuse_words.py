"""What the reuse report calls things."""

from __future__ import annotations

from portal.catalogue.component_words import Standing
from portal.reports.words import Basis, By, Changed, Counted
from portal.web.i18n import lazy

ROWS = {
    By.CAPABILITY: lazy("Need"),
    By.COMPONENT: lazy("Component"),
    By.ORGANISATION: lazy("Organisation"),
    By.SECTOR: lazy("Sector"),
    By.PHASE: lazy("Phase"),
}
WAYS = {
    Counted.SHARED: lazy("Shared component"),
    Counted.OWN: lazy("Own build"),
    Counted.BOUGHT: lazy("Bought product"),
    Counted.BY_HAND: lazy("By hand"),
    Counted.GAP: lazy("Not met"),
}
BASES = {
    Basis.AS_IT_WAS: lazy("As it was: owners, phases and parents of that day"),
    Basis.RESTATED: lazy("Restated to today: owners, phases and parents of today"),
}
#: How far the use in a list stands; `IN_USE` and `OUT` are two standings each.
IN_USE, OUT = "in_use", "out"
STANDINGS: dict[str, tuple[str, ...]] = {
    Standing.CONFIRMED.value: (Standing.CONFIRMED,),
    Standing.DECLARED.value: (Standing.DECLARED,),
    IN_USE: (Standing.CONFIRMED, Standing.DECLARED),
    Standing.PLANNED.value: (Standing.PLANNED,),
    OUT: (Standing.LAPSED, Standing.DISPUTED),
}
STANDING_WORDS = {
    Standing.CONFIRMED.value: lazy("Confirmed"),
    Standing.DECLARED.value: lazy("Only declared"),
    IN_USE: lazy("In use: confirmed or declared"),
    Standing.PLANNED.value: lazy("Planned"),
    OUT: lazy("Lapsed or disputed: not counted"),
}
UNANSWERED = "unanswered"
LISTED = {
    **{each.value: text for each, text in WAYS.items()},
    Counted.NEEDED.value: lazy("Services that need it"),
    Counted.UNSAID.value: lazy("Services that need it and do not say how it is met"),
    Counted.NOT_NEEDED.value: lazy("Services that do not need it"),
    Counted.SERVICES.value: lazy("All services that count"),
    UNANSWERED: lazy("Services that have not answered"),
}
CHANGES = {
    Changed.BEGAN: lazy("Began"),
    Changed.ENDED: lazy("Ended"),
    Changed.CONFIRMED: lazy("Confirmed"),
    Changed.DISPUTED: lazy("Disputed"),
}
