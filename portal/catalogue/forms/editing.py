"""Forms that change a record: a question's own, with what it was made from; and typed names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField, RadioField, SubmitField, TextAreaField

from portal.catalogue.actions.editing import Answer
from portal.catalogue.actions.finding_organisations import Meant
from portal.catalogue.forms import (
    component_questions,
    journey_questions,
    organisation_questions,
    service_questions,
)
from portal.catalogue.forms.picking import chosen_of, not_found
from portal.errors import N_, Invalid
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy

#: No answers: how a form is sent, and what it was made from.
OWN = ("csrf_token", "base", "go", "why", "reply", "which")
LAST = 2**62


@dataclass(frozen=True, slots=True)
class Pages:
    """The words of the questions about a kind of record.

    Attributes:
        forms: the form of each question.
        titles: the heading of its page, and its name in a list.
        lines: a line above some forms.
        means: the fields in which the name of another record is typed, with its kind.
    """

    forms: Mapping[str, type[Form]]
    titles: Mapping[str, tuple[str, str]]
    lines: Mapping[str, str]
    means: Mapping[str, str]


PAGES: dict[str, Pages] = {
    "service": Pages(
        {str(each): form for each, form in service_questions.FORMS.items()},
        {str(each): text for each, text in service_questions.TITLES.items()},
        {str(each): text for each, text in service_questions.LINES.items()},
        {"organisation": "organisation"},
    ),
    "journey": Pages(journey_questions.FORMS, journey_questions.TITLES, {}, {"service": "service"}),
    "organisation": Pages(organisation_questions.FORMS, organisation_questions.TITLES, {}, {}),
    "component": Pages(
        component_questions.FORMS, component_questions.TITLES, {}, {"successor": "component"}
    ),
}


def sort_of(question: str) -> str:
    """A question without its number: that about the third step is one about a step."""
    return re.sub(r"-\d+$", "", question)


def is_asked(thing: str, question: str) -> bool:
    """Whether there is such a question about a kind of record."""
    return sort_of(question) in PAGES[thing].forms


def title_of(thing: str, question: str) -> str:
    """The heading of a question's page."""
    return str(PAGES[thing].titles[sort_of(question)][0])


def row_of(thing: str, question: str) -> str:
    """What a question is called in a list."""
    name = str(PAGES[thing].titles[sort_of(question)][1])
    return name if sort_of(question) == question else f"{name} {question.rpartition('-')[2]}"


def line_of(thing: str, question: str) -> str:
    """What stands above its form; empty for most."""
    return str(PAGES[thing].lines.get(sort_of(question), ""))


def form_of(thing: str, question: str, values: dict[str, Any], base: int, asks: str = "") -> Form:
    """The form of a question, made from the record at `base`.

    Args:
        thing: the kind of record.
        question: which.
        values: what it shows where nothing was sent.
        base: the id of the record's last event.
        asks: `why` to propose the answer, `reply` to accept a proposal with it; "" to save it.
    """
    more: dict[str, Any] = {"base": HiddenField()}
    if asks:
        more[asks] = _ASKS[asks]
    parent = PAGES[thing].forms[sort_of(question)]
    return service_questions.filled(
        parent, {**values, "base": str(base)}, str(_BUTTONS[asks]), **more
    )


_ASKS: dict[str, Any] = {
    "why": TextAreaField(
        lazy("Why should it change?"),
        [Enter(lazy("why it should change")), MaxLength(1000)],
        description=lazy("Whoever decides reads it. Say where it can be checked."),
    ),
    "reply": TextAreaField(
        lazy("Your answer to whoever proposed it (optional)"), [MaxLength(1000)]
    ),
}
_BUTTONS = {
    "": lazy("Save"),
    "why": lazy("Send the proposal"),
    "reply": lazy("Accept with these changes"),
}


def answer_of(form: Form, question: str, references: Mapping[str, str | None]) -> Answer:
    """What somebody answered.

    Args:
        form: as sent.
        question: which.
        references: what typed names mean, by their fields.
    """
    values = {
        f.name: None if f.data == "" else f.data
        for f in form
        if f.name not in OWN and f.name not in references
    }
    named = [("reference", reference) for reference in references.values()]
    return Answer(question, {**values, **dict(named)}, base_in(form))


def base_in(form: Form) -> int:
    """The event that a form says it was made from; what is no number is none."""
    text = str(form["base"].data or "")
    return min(int(text), LAST) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def typed_names(thing: str, form: Form) -> list[tuple[str, str]]:
    """The fields of a form in which another record is named, with its kind."""
    return [(field, kind) for field, kind in PAGES[thing].means.items() if field in form]


def settle(
    form: Form, field: str, known: tuple[str | None, str], find: Callable[[str], Meant]
) -> str | None:
    """The reference of the record that a typed name means; None where nothing was typed, and where
    the form now asks which one is meant.

    Args:
        form: as sent; its `which` is there for this.
        field: where the name was typed.
        known: the reference and the name that the form was filled with.
        find: says what a name may mean.
    """
    typed = (form[field].data or "").strip()
    chosen, reference = form.which.data, None
    if typed and known[0] and typed.casefold() == known[1].casefold():
        reference = known[0]
    elif typed:
        meant = find(typed)
        offered = [ref for ref, _name in meant.may_be]
        reference = chosen if chosen in offered else meant.sure
        if reference is None:
            _ask(form, field, meant.may_be)
            return None
    del form["which"]
    return reference


def _ask(form: Form, field: str, may_be: Sequence[tuple[str, str]]) -> None:
    if may_be:
        chosen_of(form, "which", may_be)
        return
    del form["which"]
    form[field].errors = [not_found(form[field].data)]


def refuse(form: Form, problem: Invalid) -> None:
    """Show the message of a rule beside its field; beside the first where it names none of the
    form's: every message leads to a control.
    """
    last = problem.field.rsplit(".", 1)[-1]
    if problem.field not in form:
        own = [f.name for f in form if not isinstance(f, (HiddenField, SubmitField))]
        problem.field = last if last in form else own[0]
    form.refuse(problem)


class AddressForm(Form):
    """Whether a renamed service gets a new address."""

    move = RadioField(
        lazy("Change the address of the page too?"),
        [Select(lazy("whether to change the address of the page"))],
        choices=choices(
            {
                "yes": lazy("Yes, and lead from the old address to the new one"),
                "no": lazy("No, keep the address"),
            }
        ),
    )
    go = SubmitField(lazy("Save"))


#: Where an answer is needed that a question's own form leaves open.
NEEDED = {"organisation": N_("Enter the organisation")}
