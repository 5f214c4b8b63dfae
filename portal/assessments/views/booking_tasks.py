"""The task list of a booking: answered in any order, kept at once, checked and submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, done, form_page, not_done
from portal.assessments.actions import booking, booking_steps
from portal.assessments.booking_words import Move, Part, State
from portal.assessments.forms.booking import (
    FORMS,
    ArtefactForm,
    AssessedForm,
    RemoveForm,
    SubmitForm,
    TaskForm,
    WeeksForm,
)
from portal.assessments.forms.booking_answers import SECTIONS, TITLES, earlier_words, rows_of, shown
from portal.assessments.rules import booking_tasks as rules
from portal.assessments.rules import weeks, working_days
from portal.assessments.rules.booking_tasks import Task
from portal.assessments.rules.confidentiality import Sees
from portal.assessments.rules.retention import KEPT_DAYS
from portal.assessments.store import booking_drafts
from portal.assessments.views.booking_base import ONE, Seen, booking_at, opened
from portal.assessments.views.booking_facts import about_of, again_of, standard_of
from portal.assessments.views.booking_sending import saved, sent
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import public_url
from portal.web.forms import choices
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from portal.assessments.store.booking_drafts import Other

blueprint = Blueprint("booking_tasks", __name__)
BOTH = ("GET", "POST")
HERE = f"{ONE}/booking"
_TASKS = ", ".join(repr(str(each)) for each in Task)


@blueprint.get(HERE)
@requires(Permission.EDIT_BOOKING, of=booking_at)
def index(reference: str) -> Response:
    """Show the task list of a booking."""
    with reading() as session:
        seen = opened(session, reference)
        others = booking_drafts.others(session, seen.booking, current_person())
    return _list(seen, others)


def _list(seen: Seen, others: list[Other]) -> Response:
    own, left = seen.booking, rules.left(seen.booking)
    return page(
        "assessments/booking_tasks.html",
        title=_("Book an assessment"),
        section=seen.title,
        crumbs=seen.crumbs,
        seen=seen,
        others=others,
        sections=[
            (SECTIONS[section], [_task(seen, task, left) for task in tasks])
            for section, tasks in rules.SECTIONS.items()
        ],
        draft=own.state is State.DRAFT,
        submits=own.state is State.DRAFT and Part.TEAM in seen.parts,
        ready=not left,
    )


def _task(seen: Seen, task: Task, left: list[Task]) -> dict[str, Any]:
    able = rules.open_to(task, seen.booking.state, seen.parts)
    return {
        "title": TITLES[task],
        "href": _href(seen, task) if able else None,
        "done": task not in left,
        "id": f"task-{task}",
    }


def _href(seen: Seen, task: Task, **more: Any) -> str:
    return url_for(
        "booking_tasks.answer", reference=seen.booking.reference, task=task.value, **more
    )


def _closed(seen: Seen) -> AnyResponse:
    if seen.booking.state is State.DRAFT:
        return not_done(_("It is a draft: its team is working on it."), seen.href)
    return not_done(_("This can no longer be changed."), seen.href)


@blueprint.route(f"{HERE}/<any({_TASKS}):task>", methods=BOTH)
@requires(Permission.EDIT_BOOKING, of=booking_at)
def answer(reference: str, task: str) -> AnyResponse:
    """Answer one task."""
    which = Task(task)
    with reading() as session:
        seen = opened(session, reference)
        form, more = _form(session, seen, which)
    if not rules.open_to(which, seen.booking.state, seen.parts):
        return _closed(seen)
    if form.validate_on_submit():
        found = saved(
            form, seen, lambda: booking.answer(database(), sent(seen, form), which, form.values())
        )
        if found is not None:
            return done(_said(found), _next(seen, which))
    return _asks(seen, which, form, more)


def _said(changed: bool) -> str:
    return _("Your answer is saved.") if changed else _("Nothing was changed.")


def _form(session: Session, seen: Seen, task: Task) -> tuple[TaskForm, dict[str, Any]]:
    """The form of a task, filled, and what else its page shows."""
    row = seen.booking
    form = FORMS[task](seen.day, data=shown(task, row) | {"version": str(row.version)})
    more: dict[str, Any] = {}
    if isinstance(form, AssessedForm):
        earlier = booking_drafts.earlier(session, row, current_person())
        form.again.choices = choices(
            {each.value: earlier_words(each) for each in earlier}
            | {"elsewhere": _("An assessment that this portal does not know")}
        )
    if isinstance(form, WeeksForm):
        held = seen.read.held
        form.offer(weeks.bookable(seen.day, held))
        more |= {"held": held, "known_until": working_days.known_until(held.nation)}
    if task is Task.ARTEFACTS:
        more["artefacts"] = row.artefacts
    return form, more


def _next(seen: Seen, task: Task) -> str:
    """Where an answer leads: back to the check page, or on to the next task without an answer."""
    reference = seen.booking.reference
    if request.args.get("back") == "check":
        return url_for("booking_tasks.check", reference=reference)
    if seen.booking.state is not State.DRAFT:
        return seen.href
    left = [each for each in rules.left(seen.booking) if each is not task]
    if not left:
        return url_for("booking_tasks.check", reference=reference)
    order = list(Task)
    later = [each for each in left if order.index(each) > order.index(task)]
    return _href(seen, (later or left)[0])


def _asks(seen: Seen, task: Task, form: TaskForm, more: dict[str, Any]) -> Response:
    return form_page(
        form, TITLES[task], _crumbs(seen), template="assessments/booking_task.html",
        section=seen.title, seen=seen, task=task.value, kept_days=KEPT_DAYS, **more,
    )  # fmt: skip


def _crumbs(seen: Seen) -> list[tuple[str, str]]:
    listing = url_for("booking_tasks.index", reference=seen.booking.reference)
    return [*seen.crumbs, (_("Booking"), listing)]


@blueprint.route(f"{HERE}/links/new", methods=BOTH)
@requires(Permission.EDIT_BOOKING, of=booking_at)
def add_link(reference: str) -> AnyResponse:
    """Add a link for the panel."""
    with reading() as session:
        seen = opened(session, reference)
        until = booking.default_access(session, seen.booking, seen.day)
    return _link(seen, None, {"access_until": until}, _("Add a link for the panel"))


@blueprint.route(f"{HERE}/links/{ID}link>", methods=BOTH)
@requires(Permission.EDIT_BOOKING, of=booking_at)
def change_link(reference: str, link: int) -> AnyResponse:
    """Change a link for the panel."""
    with reading() as session:
        seen = opened(session, reference)
    row = booking_drafts.artefact(seen.booking, link)
    names = ("address", "description", "access_until")
    data = {name: getattr(row, name) for name in names}
    return _link(seen, link, data, _("Change a link for the panel"))


def _link(seen: Seen, link: int | None, data: dict[str, Any], title: str) -> AnyResponse:
    if not rules.open_to(Task.ARTEFACTS, seen.booking.state, seen.parts):
        return _closed(seen)
    form = ArtefactForm(seen.day, data=data | {"version": str(seen.booking.version)})

    def save() -> bool:
        return booking.put_artefact(database(), sent(seen, form), link, form.values())

    return _links(seen, form, title, save)


@blueprint.route(f"{HERE}/links/{ID}link>/remove", methods=BOTH)
@requires(Permission.EDIT_BOOKING, of=booking_at)
def remove_link(reference: str, link: int) -> AnyResponse:
    """Take a link away: ask first."""
    with reading() as session:
        seen = opened(session, reference)
    row = booking_drafts.artefact(seen.booking, link)
    if not rules.open_to(Task.ARTEFACTS, seen.booking.state, seen.parts):
        return _closed(seen)
    form = RemoveForm(seen.day, data={"version": str(seen.booking.version)})

    def remove() -> bool:
        return booking.remove_artefact(database(), sent(seen, form), link)

    rows = [{"key": _("What is there"), "value": row.description}]
    return _links(seen, form, _("Remove this link"), remove, rows)


def _links(
    seen: Seen, form: TaskForm, title: str, save: Callable[[], bool], rows: Any = ()
) -> AnyResponse:
    back = _href(seen, Task.ARTEFACTS)
    if form.validate_on_submit():
        found = saved(form, seen, save)
        if found is not None:
            return done(_said(found), back)
    crumbs = [*seen.crumbs, (TITLES[Task.ARTEFACTS], back)]
    return form_page(form, title, crumbs, section=seen.title, rows=rows)


@blueprint.route(f"{HERE}/check", methods=BOTH)
@requires(Permission.ANSWER_FOR_BOOKING, of=booking_at)
def check(reference: str) -> AnyResponse:
    """Check the answers, and submit."""
    with reading() as session:
        seen = opened(session, reference)
        more = _summary(session, seen)
    if seen.booking.state is not State.DRAFT:
        return _closed(seen)
    form = SubmitForm(seen.day, data={"version": str(seen.booking.version)})
    if form.validate_on_submit() and saved(form, seen, lambda: _submit(seen, form)) is not None:
        told = _("Your booking is submitted. The assurance team answers, and you get an email.")
        return done(told, seen.href)
    return _check(seen, form, more)


def _check(seen: Seen, form: SubmitForm, more: dict[str, Any]) -> Response:
    return form_page(
        form, _("Check your answers"), _crumbs(seen), template="assessments/booking_check.html",
        section=seen.title, seen=seen, ready=not rules.left(seen.booking), **more,
    )  # fmt: skip


def _submit(seen: Seen, form: TaskForm) -> bool:
    it = sent(seen, form)
    booking_steps.step(
        database(), it.reference, it.version, Move.SUBMIT, it.person, act(), public_url()
    )  # fmt: skip
    return True


def _summary(session: Session, seen: Seen) -> dict[str, Any]:
    return {
        "rows": answers(seen, again_of(session, seen), "check"),
        "others": booking_drafts.others(session, seen.booking, current_person()),
        "worked_out": about_of(session, seen),
        "standard": standard_of(session, seen),
    }


def answers(seen: Seen, again: str, back: str = "") -> list[dict[str, Any]]:
    """What was answered, each with where to change it, as far as the reader may see and do.

    Args:
        seen: the booking.
        again: which assessment it repeats, in words.
        back: the page to come back to from a change.
    """
    hidden = {
        Task.PEOPLE: Sees.CONTACTS, Task.ACCESS_NEEDS: Sees.ACCESS_NEEDS,
        Task.ARTEFACTS: Sees.ARTEFACTS, Task.WEEKS: Sees.SCHEDULE, Task.DATES: Sees.SCHEDULE,
    }  # fmt: skip
    found = []
    for task in Task:
        if hidden.get(task, Sees.BOOKING) not in seen.sees:
            continue
        able = rules.open_to(task, seen.booking.state, seen.parts)
        more = again if task is Task.ASSESSED else ""
        row = {"title": TITLES[task], "lines": rows_of(task, seen.booking, more),
               "href": _href(seen, task, back=back or None) if able else None}  # fmt: skip
        found.append(row)
    return found
