"""Templates are compiled for a language, and say the same as Jinja would at each request."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from jinja2 import DictLoader
from markupsafe import Markup

from portal.web import compiling
from portal.web.compiling import Environment, escape

TEMPLATES = {
    "fixed.html": '{{ _("Find <b>it</b>") }} 100{{ _("%%") }}',
    "filled.html": '{{ _("By %(name)s", name=name) }}',
    "macro.html": '{% macro m(text) %}[{{ text }}]{% endmacro %}{{ m(_("Yes")) }}{{ m("<") }}',
    "wrap.html": '{% macro box(a, b="2", c=none) %}({{ a }}|{{ b }}|{{ c }}|{{ caller() }})'
    "{% endmacro %}"
    '{% call box("<", c=3) %}<b>{{ n }}</b>{% endcall %}{% call box(c=1, a=n) %}x{% endcall %}',
    "parts.html": '{% macro one(a, b="2") %}{{ a }}{{ b }}{% endmacro %}'
    "{% macro all(first) %}{{ first }}{{ varargs|join }}{{ kwargs.x }}{% endmacro %}",
    "imports.html": '{% from "parts.html" import one, all %}{{ one("<") }}{{ one(b="3", a=n) }}'
    '{% for i in [1] %}{{ one(i, i) }}{{ all(i, 8, 9, x="<") }}{% endfor %}',
    "too-many.html": '{% from "parts.html" import one %}{{ one(1, 2, 3) }}',
    "unknown.html": '{% from "parts.html" import one %}{{ one(1, c=3) }}',
    "twice.html": '{% from "parts.html" import one %}{{ one(1, a=3) }}',
    "named-values.html": '{{ _("%%(a)s is %(a)s, 5%% of %(b)s: %(a)s", a=n, b=n + 1) }}',
    "odd.html": '{{ _("%(n)d of 5", n=n) }}',
    "shadow.html": '{% from "parts.html" import one %}'
    "{% for one in [two] %}{{ one(n) }}{% endfor %}",
    "varied.html": '{% from "parts.html" import one, all %}{{ one(*[n]) }}{{ all(n, x=n) }}',
    "many.html": '{{ ngettext("%(num)s page", "%(num)s pages", n) }}',
    "named.html": '{{ ngettext("%(num)s page", "%(num)s pages", n, num=shown) }}',
    "value.html": "{{ value }}",
    "choice.html": '{{ _("Yes") if on else _("No") }}',
    "attribute.html": '<a title="{{ _("Say \\"no\\"") }}">',
}


def environment(language: str = compiling.DEFAULT) -> Environment:
    made = Environment(
        Flask("test"),
        loader=DictLoader(TEMPLATES),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.language = language
    made.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: text, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    return made


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("fixed.html", {}, "Find <b>it</b> 100%"),
        ("filled.html", {"name": "<i>"}, "By &lt;i&gt;"),
        ("macro.html", {}, "[Yes][&lt;]"),
        ("wrap.html", {"n": 5}, "(&lt;|2|3|<b>5</b>)(5|2|1|x)"),
        ("imports.html", {"n": "&"}, "&lt;2&amp;311189&lt;"),
        ("named-values.html", {"n": 7}, "%(a)s is 7, 5% of 8: 7"),
        ("odd.html", {"n": 3}, "3 of 5"),
        ("shadow.html", {"n": "<", "two": lambda n: f"2{n}"}, "2&lt;"),
        ("varied.html", {"n": "<"}, "&lt;2&lt;&lt;"),
        ("many.html", {"n": 1}, "1 page"),
        ("many.html", {"n": 2}, "2 pages"),
        ("named.html", {"n": 1234, "shown": "1,234"}, "1,234 pages"),
        ("value.html", {"value": "<&>'\""}, "&lt;&amp;&gt;&#39;&#34;"),
        ("value.html", {"value": Markup("<b>")}, "<b>"),
        ("value.html", {"value": 3}, "3"),
        ("value.html", {"value": None}, "None"),
        ("choice.html", {"on": False}, "No"),
        ("attribute.html", {}, '<a title="Say "no"">'),
    ],
)
def test_it_says_what_jinja_says(name: str, values: dict[str, object], said: str) -> None:
    assert environment().get_template(name).render(values) == said


def test_a_language_has_its_own_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    welsh = Catalog(locale="cy")
    welsh.add("Yes", "Ie")
    welsh.add("By %(name)s", "Gan %(name)s")
    welsh.add(("%(num)s page", "%(num)s pages"), ("0", "1", "2", "3", "6", "%(num)s tudalen"))
    folder = tmp_path / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, welsh)
    monkeypatch.setattr(compiling, "CATALOGUES", tmp_path)
    cy = environment("cy")
    assert cy.get_template("choice.html").render(on=True) == "Ie"
    assert cy.get_template("choice.html").render(on=False) == "No"
    assert cy.get_template("filled.html").render(name="<i>") == "Gan &lt;i&gt;"
    # More forms than two: chosen when it is shown, here by the function that was installed.
    assert cy.get_template("many.html").render(n=2) == "2 pages"
    assert cy.mark() != environment().mark()


def test_line_numbers_stay_right() -> None:
    made = environment()
    assert isinstance(made.loader, DictLoader)
    made.loader.mapping["wrong.html"] = "one\ntwo\n{{ 1 // 0 }}"
    with pytest.raises(ZeroDivisionError) as problem:
        made.get_template("wrong.html").render()
    assert problem.traceback[-1].lineno + 1 == 3


def test_text_stays_plain_and_what_is_safe_stays_as_it_is() -> None:
    assert type(escape("<")) is str
    assert escape(Markup("<")) == "<"
    assert escape(0) == "0"


@pytest.mark.parametrize("name", ["too-many.html", "unknown.html", "twice.html"])
def test_a_macro_called_as_it_cannot_be_says_so(name: str) -> None:
    with pytest.raises(TypeError, match="macro 'one'"):
        environment().get_template(name).render()
