"""The form of a period: one page for each figure, and the page that sends them."""

from __future__ import annotations

from typing import Any, cast

from wtforms import HiddenField, RadioField, StringField, SubmitField, TextAreaField

from portal.errors import Invalid
from portal.performance.forms.privacy import names_nobody
from portal.performance.rules import answers as rules
from portal.performance.rules.answers import LONGEST_NOTE, Answer
from portal.performance.rules.questions import Question
from portal.performance.words import ValueState, ValueStatus
from portal.web.forms import Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

STATES = {
    ValueState.NUMBER: lazy("Yes"),
    ValueState.NOT_PROVIDED: lazy("No, we don’t have this figure"),
    ValueState.NOT_APPLICABLE: lazy("No, this doesn’t apply to us"),
    ValueState.NOT_COLLECTED: lazy("No, we don’t collect this"),
}


class AnswerForm(Form):
    """The answer to one question."""

    state = RadioField(
        lazy("Do you have this figure?"),
        [Select(lazy("whether you have this figure"))],
        choices=choices(STATES),
    )
    note = TextAreaField(
        lazy("Note for your team (optional)"),
        [MaxLength(LONGEST_NOTE), names_nobody],
        description=lazy("Nobody else reads it, and it is in no download."),
        render_kw={"params": {"rows": 2}},
    )
    base = HiddenField()
    go = SubmitField(lazy("Save and continue"))
    later = SubmitField(
        lazy("Save and return later"),
        render_kw={"params": {"classes": "govuk-button--secondary"}},
    )

    @property
    def number_fields(self) -> list[StringField]:
        """The inputs for numbers, in the order of the question's parts."""
        return [field for field in self if field.name.startswith("number_")]

    def _typed_too(self) -> bool:
        """Whether a number was typed that the page did not show before."""
        return any(f.data and f.data != f.object_data for f in self.number_fields)

    def show_mark(self, answer: Answer | None) -> None:
        """Carry which answer the page showed, where it showed only a part of it."""
        if not self.is_submitted():
            self.base.data = rules.mark(answer)

    def given(self, question: Question) -> Answer | None:
        """What was typed; None where the fields have something to say about it."""
        state, note = ValueState(self.state.data), self.note.data or None
        if state is not ValueState.NUMBER:
            if self._typed_too():
                text = _("You entered a figure as well: select “Yes”, or take the figure out")
                self.state.errors = [text]
                return None
            return Answer(state, {}, note)
        numbers: dict[str, float] = {}
        for place, part in enumerate(question.parts, start=1):
            try:
                field = f"number_{place}"
                numbers[part.key] = rules.number(self[field].data, part.measure, field)
            except Invalid as problem:
                title = {"title": _(part.title)} if "title" in problem.values else {}
                self.refuse(Invalid(problem.field, problem.marked, **{**problem.values, **title}))
        return None if self.errors else Answer(state, numbers, note)


class LinkedForm(AnswerForm):
    """The same for somebody with a link."""

    note = TextAreaField(
        lazy("Note for the team that asks you (optional)"),
        [MaxLength(LONGEST_NOTE), names_nobody],
        description=lazy("Nobody else reads it, and it is in no download."),
        render_kw={"params": {"rows": 2}},
    )


def answer_form(
    question: Question, answer: Answer | None, kind: type[AnswerForm] = AnswerForm
) -> AnswerForm:
    """The form of a question, filled with the answer that stands."""
    fields: dict[str, Any] = {
        f"number_{place}": StringField(
            _(part.title) if len(question.parts) > 1 else _("Figure, if you have it"),
            render_kw={"params": _input(part)},
        )
        for place, part in enumerate(question.parts, start=1)
    }
    made = type("FiguresForm", (kind,), fields)
    return cast(AnswerForm, made(data={"base": rules.mark(answer), **_shown(question, answer)}))


def _input(part: Any) -> dict[str, Any]:
    params: dict[str, Any] = {"inputmode": "decimal", "classes": "govuk-input--width-10"}
    if part.measure.unit == "pounds":
        params["prefix"] = {"text": "£"}
    if part.measure.unit == "percent":
        params["suffix"] = {"text": "%"}
    return params


def _shown(question: Question, answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {}
    numbers = {
        f"number_{place}": _typed(answer.numbers.get(part.key))
        for place, part in enumerate(question.parts, start=1)
    }
    return {"state": answer.state.value, "note": answer.note, **numbers}


def _typed(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number == int(number) else f"{number:,}"


class SendForm(Form):
    """Sends the answers of a period."""

    status = RadioField(
        lazy("Are these figures final?"),
        [Select(lazy("whether these figures are final"))],
        choices=choices({
            ValueStatus.PUBLISHED: lazy("Yes, they are final"),
            ValueStatus.PROVISIONAL: lazy("No, they are provisional and may change"),
        }),
    )  # fmt: skip
    why = StringField(
        lazy("Why do published figures change?"),
        [MaxLength(500), names_nobody],
        description=lazy("Everybody can read this. Name no people."),
    )
    base = HiddenField()
    go = SubmitField(lazy("Send these figures"))
