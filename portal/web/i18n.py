"""Interface strings: marked here and in templates, translated by Flask-Babel."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, g
from flask_babel import Babel, get_locale, get_translations
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _lazy
from flask_babel import ngettext as _ngettext

from portal.errors import Problem


def install(app: Flask) -> None:
    """Wire Flask-Babel: British English, London time, catalogues in portal/translations."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en_GB")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/London")
    Babel(app)
    app.jinja_env.globals["html_lang"] = html_lang
    # Flask-Babel looks the reader's catalogue up for each text; a page has a hundred.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _catalogue().ugettext(message),
        lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )


def _catalogue() -> Any:
    """The reader's catalogue of texts, looked up once a request."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


def html_lang() -> str:
    """The language code for the page's `lang` attribute."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def _(message: str, **values: Any) -> str:
    """The message in the reader's language, now. Needs an application context."""
    return cast(str, _gettext(message, **values))


def lazy(message: str, **values: Any) -> str:
    """The message in the reader's language when it is shown: for text at module level.

    Typed as str because it is used as one; it is a LazyString until then.
    """
    return cast(str, _lazy(message, **values))


def translated(problem: Problem) -> str:
    """The message of a problem in the reader's language, where its text was marked with `N_`."""
    return _(problem.marked, **problem.values) if problem.marked else ""


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """The message for one or for many, in the reader's language."""
    return cast(str, _ngettext(one, many, number, **values))
