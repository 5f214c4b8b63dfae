"""From WTForms fields to GOV.UK Frontend's macros: one builder of parameters for each macro."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, current_app
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DecimalField,
    EmailField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TelField,
    TextAreaField,
    URLField,
)

from portal.web.forms import PARTS, DateParts
from portal.web.guard import CONTROL
from portal.web.i18n import _
from portal.web.templating import macro

EXTENSION = "portal_widgets"
Params = dict[str, Any]
Builder = Callable[[Field, Params], Params]


def install(app: Flask) -> None:
    """Keep the macros at hand: they are looked up once a process, not once a field."""
    app.extensions[EXTENSION] = {}


def render(field: Field, options: dict[str, Any]) -> Markup:
    """Show a field.

    Args:
        field: the field.
        options: `params`, a dict laid over the macro's own parameters (nested ones are merged),
            or `classes` for short.
    """
    if isinstance(field, HiddenField):
        return Markup(field.widget(field))  # noqa: S704  WTForms escapes it
    for kind, component, name, build in WIDGETS:
        if isinstance(field, kind):
            params = build(field, _common(field))
            given = {**(field.render_kw or {}), **options}
            if "classes" in given:
                params["classes"] = given["classes"]
            _merge(params, given.get("params", {}))
            return Markup(_macro(component, name)(params).strip())  # noqa: S704  its output is safe
    raise TypeError(f"{type(field).__name__} has no GOV.UK macro: add one to WIDGETS")


def _macro(component: str, name: str) -> Callable[[Params], str]:
    found = cast(dict[str, Callable[[Params], str]], current_app.extensions[EXTENSION])
    if name not in found:
        found[name] = macro(current_app, component, name)
    return found[name]


def _merge(params: Params, given: Params) -> None:
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(params.get(name), dict):
            _merge(params[name], value)
        else:
            params[name] = value


def _common(field: Field) -> Params:
    params: Params = {"id": field.id, "name": field.name, "label": {"text": field.label.text}}
    if field.description:
        params["hint"] = {"text": field.description}
    if field.errors:
        params["errorMessage"] = {"text": str(field.errors[0])}
    return params


def _legend(field: Field, params: Params) -> Params:
    params["fieldset"] = {"legend": {"text": params.pop("label")["text"]}}
    params["idPrefix"] = field.id
    return params


def _text(field: Field, params: Params) -> Params:
    # What was refused comes back to be put right, but HTML cannot hold control characters.
    params["value"] = CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(cast(Any, field)._value()))
    return params


def _kind(**extra: str) -> Builder:
    return lambda field, params: {**_text(field, params), **extra}


def _password(field: Field, params: Params) -> Params:
    return params  # never sent back


def _selected(field: Field, word: str) -> list[Params]:
    return [
        {"value": str(item.value), "text": item.label, **item.render_kw, word: item.selected}
        for item in cast(Any, field).iter_choices()
    ]


def _select(field: Field, params: Params) -> Params:
    return {**params, "items": _selected(field, "selected")}


def _items(field: Field, params: Params) -> Params:
    return {**_legend(field, params), "items": _selected(field, "checked")}


def _boolean(field: Field, params: Params) -> Params:
    text = params.pop("label")["text"]
    item = {"value": "y", "text": text, "checked": bool(field.data)}
    return {**params, "idPrefix": field.id, "items": [item]}


def _files(field: Field, params: Params) -> Params:
    return {**params, "multiple": True}


def _same(field: Field, params: Params) -> Params:
    return params


def _button(field: Field, params: Params) -> Params:
    found = {"text": field.label.text, "name": field.name, "preventDoubleClick": True}
    # What stops a form as a whole is said above it, with a link to its button.
    return {**found, "id": field.id} if field.errors else found


def _date(field: Field, params: Params) -> Params:
    parts = cast(DateParts, field)
    params = _legend(parts, params)
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    # Where a message names no part, such as "Enter the date", all three are marked.
    wrong = parts.wrong or (PARTS if parts.errors else ())
    items = []
    for part in PARTS:
        classes = f"govuk-input--width-{4 if part == 'year' else 2}"
        mark = " govuk-input--error" if part in wrong else ""
        items.append(
            {
                "name": part,
                "label": labels[part],
                "value": CONTROL.sub("\N{REPLACEMENT CHARACTER}", parts.typed[part]),
                "classes": classes + mark,
            }
        )
    return {**params, "namePrefix": field.name, "items": items}


#: The first row that fits counts, so a kind of text field stands before text itself.
WIDGETS: tuple[tuple[type[Field], str, str, Builder], ...] = (
    (DateParts, "date-input", "govukDateInput", _date),
    (TextAreaField, "textarea", "govukTextarea", _text),
    (PasswordField, "password-input", "govukPasswordInput", _password),
    (EmailField, "input", "govukInput",
     _kind(type="email", autocomplete="email", spellcheck="false")),
    (TelField, "input", "govukInput", _kind(type="tel", autocomplete="tel")),
    (URLField, "input", "govukInput", _kind(type="url", spellcheck="false")),
    (SearchField, "input", "govukInput", _kind(type="search")),
    (IntegerField, "input", "govukInput", _kind(inputmode="numeric", spellcheck="false")),
    (DecimalField, "input", "govukInput", _kind(inputmode="decimal", spellcheck="false")),
    (MultipleFileField, "file-upload", "govukFileUpload", _files),
    (FileField, "file-upload", "govukFileUpload", _same),
    (RadioField, "radios", "govukRadios", _items),
    (SelectMultipleField, "checkboxes", "govukCheckboxes", _items),
    (SelectField, "select", "govukSelect", _select),
    (SubmitField, "button", "govukButton", _button),
    (BooleanField, "checkboxes", "govukCheckboxes", _boolean),
    (StringField, "input", "govukInput", _text),
)  # fmt: skip
