"""Interface strings: marked here and in templates, translated by Flask-Babel."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from babel.support import NullTranslations
from flask import Flask, current_app, g
from flask_babel import Babel, get_babel, get_locale, get_translations
from flask_babel.speaklater import LazyString

from portal.errors import Problem
from portal.web.compiling import DEFAULT


def install(app: Flask) -> None:
    """Wire Flask-Babel: British English, London time, catalogues in portal/translations."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/London")
    Babel(app)
    app.jinja_env.globals["html_lang"] = html_lang
    # Templates translate fixed texts when they are compiled, and the rest with these.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _one,
        _counted,
        newstyle=True,
    )


class Reader(NamedTuple):
    """The catalogue of texts and the locale of who is reading."""

    texts: Any
    locale: str
    language: str


EVERYBODY = "portal_reader"
NOBODY = Reader(NullTranslations(), DEFAULT, "en")


def reader() -> Reader:
    """Who is reading, found out once a request: a page asks a hundred times."""
    try:
        known = g._get_current_object().__dict__
    except RuntimeError:
        return NOBODY  # outside a request: a text of a module, in a test or a command
    if "reader" not in known:
        known["reader"] = _reader()
    return cast(Reader, known["reader"])


def _reader() -> Reader:
    everybody = current_app.extensions
    if EVERYBODY in everybody:
        return cast(Reader, everybody[EVERYBODY])
    locale = get_locale()
    language = str(locale.language) if locale else "en"
    found = Reader(get_translations(), str(locale or DEFAULT), language)
    if get_babel().locale_selector is None:
        everybody[EVERYBODY] = found  # there is one language, and nobody to choose another
    return found


def _one(message: str) -> str:
    return cast(str, reader().texts.ugettext(message))


def _counted(one: str, many: str, number: int) -> str:
    return cast(str, reader().texts.ungettext(one, many, number))


def html_lang() -> str:
    """The language code for the page's `lang` attribute."""
    return reader().language


def _(message: str, **values: Any) -> str:
    """The message in the reader's language, now."""
    text = _one(message)
    return text % values if values else text


def lazy(message: str, **values: Any) -> str:
    """The message in the reader's language when it is shown: for text at module level.

    Typed as str because it is used as one; it is a LazyString until then.
    """
    return cast(str, LazyString(_, message, **values))


def translated(problem: Problem) -> str:
    """The message of a problem in the reader's language, where its text was marked with `N_`."""
    return _(problem.marked, **problem.values) if problem.marked else ""


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message for one or for many, in the reader's language."""
    return _counted(one, many, number) % {"num": number, **values}
