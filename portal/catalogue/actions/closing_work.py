"""Components that end, as work of those whose services depend on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Person
from portal.accounts.work import Item
from portal.catalogue.rules.closing import months_left
from portal.catalogue.store import closing_work
from portal.errors import N_

#: The work by how many months are left; the fewer, the sooner it comes in the list.
TASKS: dict[int | None, str] = {
    0: "closed_still_used", 1: "closes_in_1_month", 3: "closes_in_3_months", None: "closes_later",
}  # fmt: skip
LABELS = {
    "closed_still_used": N_("What you use has closed: stop it, or say what you use now"),
    "closes_in_1_month": N_("It closes within a month: say how you will meet the need"),
    "closes_in_3_months": N_("It closes within 3 months: say how you will meet the need"),
    "closes_later": N_("What you use will close: say how you will meet the need"),
}
#: So many stand in the list.
MOST = 50


def waiting(session: Session, person: Person, day: date) -> Iterator[Item]:
    """What somebody's services have to move away from."""
    for each in closing_work.waiting(session, person, day, MOST):
        yield Item(
            TASKS[months_left(each.ends, day)],
            f"{each.service}: {each.component}",
            f"/services/{each.service_slug}/needs/{each.need_slug}",
            each.ends,
        )
