"""Forms: clean text in, a message beside the field and in the summary out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from babel import Locale
from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError

from portal.addresses import is_web_address
from portal.digits import digits_of
from portal.errors import Invalid
from portal.web.guard import CONTROL
from portal.web.i18n import _, translated

PARTS = ("day", "month", "year")


def cleaned(text: str | None, multiline: bool = False) -> str | None:
    """Text as we store it: NFC, no space around it, lines that end in a line feed.

    Raises:
        ValueError: it holds control characters, or a line end where there is one line only.
    """
    if text is None:
        return None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    forbidden = CONTROL.search(text) or any("\ud800" <= letter <= "\udfff" for letter in text)
    if forbidden or (not multiline and re.search(r"[\t\n\r]", text)):
        raise ValueError(_("Remove the characters that cannot be shown, such as line breaks"))
    return text


def _cleaned_lines(text: str | None) -> str | None:
    return cleaned(text, multiline=True)


def _chosen(value: object) -> object:
    """Spaces are no choice: a question that may be left out is not asked about them."""
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):  # type: ignore[misc]
    """The parent of every form: protected from forgery, shown with GOV.UK macros."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How fields are bound and shown."""

        def bind_field(
            self, form: BaseForm, unbound_field: UnboundField[Any], options: dict[str, Any]
        ) -> Field:
            """Clean what is typed into any text field, before its own filters."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField):
                first = _cleaned_lines if issubclass(kind, TextAreaField) else cleaned
                options["filters"] = (first, *unbound_field.kwargs.get("filters", ()))
            elif issubclass(kind, SelectField):
                options["filters"] = (_chosen, *unbound_field.kwargs.get("filters", ()))
            return cast(Field, super().bind_field(form, unbound_field, options))

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Markup:
            """Show a field with the GOV.UK macro for its type."""
            from portal.web import widgets

            return widgets.render(field, render_kw)

    def error_list(self) -> list[dict[str, str]]:
        """What is wrong, in the order of the fields, each with the input that it links to."""
        found: list[dict[str, str]] = []
        for field in self:
            for message in _messages(field.errors):
                found.append({"text": message, "href": f"#{first_input(field)}"})
        # Errors of the whole form, such as a missing form token, belong to no input.
        found += [{"text": message, "href": ""} for message in _messages(self.form_errors)]
        return found

    def refuse(self, problem: Invalid) -> None:
        """Show the message of a rule beside its field, or above the form."""
        message = translated(problem)
        if problem.field not in self:
            self.form_errors.append(message)
            return
        target = self[problem.field]
        target.errors = (*target.errors, message)


def _messages(errors: object) -> list[str]:
    """The messages of a field, also those nested in the entries of a list or the parts of one."""
    if isinstance(errors, Mapping):
        return [text for value in errors.values() for text in _messages(value)]
    if isinstance(errors, Sequence) and not isinstance(errors, str):
        return [text for value in errors for text in _messages(value)]
    return [str(errors)]


def first_input(field: Field) -> str:
    """The id of the input that a field's error links to."""
    return field.first_wrong() if isinstance(field, DateParts) else str(field.id)


class Whole(IntegerField):
    """A whole number that may be typed with commas or spaces between thousands."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it. Raises ValueError with the message."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        digits = digits_of(typed)
        if digits is None or len(digits) > 14:
            raise ValueError(
                _("%(label)s must be a whole number, like 25,000", label=self.label.text)
            )
        self.data = int(digits)


class DateParts(Field):
    """A date typed as day, month and year, which knows which of them is wrong.

    The month may be a number or a name.

    Args:
        thing: the noun for messages, as in "The date the service started".
        month_enough: whether the day may be left out; the first of the month then stands for it,
            and `by_month` says so.
    """

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, thing: str,
        month_enough: bool = False, **options: Any,
    ):  # fmt: skip
        """Take the noun beside what each field takes."""
        super().__init__(label, list(validators), **options)
        self.thing = thing
        self.month_enough = month_enough
        self.by_month = False
        self.typed: dict[str, str] = dict.fromkeys(PARTS, "")
        self.wrong: tuple[str, ...] = ()
        self.sent = False

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read NAME-day, NAME-month and NAME-year."""
        self.sent = formdata is not None and any(f"{self.name}-{p}" in formdata for p in PARTS)
        super().process(None, data)
        if isinstance(self.data, date):
            shown = (self.data.day, self.data.month, self.data.year)
            self.typed = dict(zip(PARTS, map(str, shown), strict=True))
        if not self.sent:
            return
        self.typed = {part: formdata.get(f"{self.name}-{part}", "").strip() for part in PARTS}
        self.raw_data = [text for text in self.typed.values() if text]
        self.data = None
        try:
            self.data = self._read()
        except ValueError as problem:
            self.process_errors = [str(problem)]

    def _read(self) -> date | None:
        empty = tuple(part for part in PARTS if not self.typed[part])
        if len(empty) == len(PARTS):
            return None
        if self.month_enough and empty == ("day",):
            self.by_month, empty = True, ()
        thing = _first_upper(str(self.thing))
        if empty:
            self.wrong = empty
            names = {"day": _("day"), "month": _("month"), "year": _("year")}
            parts = _(" and ").join(names[part] for part in empty)
            raise ValueError(_("%(thing)s must include a %(parts)s", thing=thing, parts=parts))
        typed = {**self.typed, "day": "1"} if self.by_month else self.typed
        numbers = {part: _number(typed[part], part) for part in PARTS}
        self.wrong = tuple(part for part in PARTS if numbers[part] is None)
        if not self.wrong:
            try:
                return date(*(cast(int, numbers[part]) for part in reversed(PARTS)))
            except ValueError:
                self.wrong = ("day",)  # such as 31 June: a month and a year by themselves fine
        if self.wrong == ("year",) and self.typed["year"].isdigit():
            raise ValueError(_("Year must include 4 numbers"))
        raise ValueError(_("%(thing)s must be a real date", thing=thing))

    def first_wrong(self) -> str:
        """The id of the first input to put right; the day where the whole date is wrong."""
        return f"{self.id}-{self.wrong[0] if self.wrong else PARTS[0]}"


@cache
def _months() -> dict[str, int]:
    """The number of each month by its name, full or short, in English and Welsh, in lower case."""
    return {
        name.casefold(): number
        for language in ("en", "en_GB", "cy")
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in Locale.parse(language).months[context][width].items()
    }


def _number(text: str, part: str) -> int | None:
    if part == "month" and (named := _months().get(text.rstrip(".").casefold())):
        return named
    if not (text.isascii() and text.isdigit()) or len(text) > 4:
        return None
    limits = {"day": (1, 31), "month": (1, 12), "year": (1000, 9999)}
    low, high = limits[part]
    return int(text) if low <= int(text) <= high else None


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def choices(texts: Mapping[Any, str]) -> list[Any]:
    """The choices of a field, from values and what pages call them."""
    return [SelectChoice(str(value), text) for value, text in texts.items()]


class Enter:
    """Refuses an empty field with "Enter THING".

    Args:
        thing: what to enter, as in "the name of the service".
    """

    def __init__(self, thing: str) -> None:
        """Keep the noun."""
        self.thing = thing

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Stop at an empty value; an earlier message, such as a wrong date, stands alone."""
        if field.errors:
            raise StopValidation
        if not field.data and field.data != 0:
            raise StopValidation(self.text())

    def text(self) -> str:
        """The message in the reader's language."""
        return _("Enter %(thing)s", thing=self.thing)


class Select(Enter):
    """Refuses a choice not made, or one that was not offered, with "Select THING"."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Say what to select in place of WTForms' own "Not a valid choice"."""
        if field.errors or not field.data:
            field.errors = []
            raise StopValidation(self.text())

    def text(self) -> str:
        """The message in the reader's language."""
        return _("Select %(thing)s", thing=self.thing)


class MaxLength:
    """Refuses longer text, naming the field by `thing` where its label is a question."""

    def __init__(self, characters: int, thing: str = "") -> None:
        """Keep the limit, which is the column's."""
        self.characters, self.thing = characters, thing

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Compare the length in characters."""
        if len(field.data or "") > self.characters:
            label, limit = self.thing or field.label.text, f"{self.characters:,}"
            text = _("%(label)s must be %(limit)s characters or fewer", label=label, limit=limit)
            raise ValidationError(text)


class WebAddress:
    """Refuses what is not an http or https address; an empty field is fine."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Ask the rule that records follow as well."""
        if field.data and not is_web_address(field.data):
            text = _("%(label)s must be a web address that starts with https:// or http://",
                     label=field.label.text)  # fmt: skip
            raise ValidationError(text)


_LAST_PART = re.compile(r"[a-z0-9-]{1,200}")
_ENDING = re.compile(r"\.(json|csv)$")


def slug_typed(text: str | None, folder: str) -> str | None:
    """The record that somebody names by the web address of its page here, or by its last part.

    Args:
        text: what was typed: `https://HOST/services/SLUG`, `/services/SLUG` or `SLUG`.
        folder: where such records stand, like `services`.

    Returns:
        The last part of the address; None where it is of no such page, or of another host.
    """
    try:
        parts = urlsplit((text or "").strip())
    except ValueError:  # a host in brackets that is none
        return None
    before, _slash, slug = _ENDING.sub("", parts.path.rstrip("/")).rpartition("/")
    here = parts.netloc in ("", request.host) and before.rpartition("/")[2] in ("", folder)
    return slug if here and _LAST_PART.fullmatch(slug) else None
