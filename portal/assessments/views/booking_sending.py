"""What the pages that change a booking share: what is sent, and what comes back."""

from __future__ import annotations

from collections.abc import Callable

from portal.assessments.actions.booking import Sent
from portal.assessments.forms.booking import TaskForm
from portal.assessments.views.booking_base import Seen
from portal.digits import id_in
from portal.errors import Invalid, Refused, Stale
from portal.web.people import act, current_person


def sent(seen: Seen, form: TaskForm, reason: str | None = None) -> Sent:
    """Who sends a form about which booking, as they read it."""
    version = id_in(form.version.data)
    return Sent(seen.booking.reference, version, current_person(), act(reason))


def saved(form: TaskForm, seen: Seen, do: Callable[[], bool]) -> bool | None:
    """What an action gives; None where the form has something to say now. What belongs to no field
    is said at the button, and the form is of the booking as it is now.
    """
    try:
        return do()
    except (Invalid, Refused, Stale) as problem:
        field = getattr(problem, "field", "")
        where = field if field in form else "go"
        form.refuse(Invalid(where, problem.marked, **problem.values))
        form.version.data = str(seen.booking.version)
        return None
