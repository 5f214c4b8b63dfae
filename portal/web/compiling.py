"""How our templates are compiled: as Jinja does, but with the work that never changes done once.

A page has a hundred fixed texts and a thousand values to escape. A fixed text is translated when
its template is compiled, once for each language; a value is escaped into a plain string, not into
a Markup object that is thrown away at once. Together they were a third of the time of a list page.
A macro that is called as it was written needs none of the care that Jinja takes for any callable
with any arguments: that was a third of the time of a record page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import MutableMapping
from keyword import iskeyword
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, cast

import markupsafe
from babel.support import NullTranslations, Translations
from flask.templating import Environment as FlaskEnvironment
from jinja2 import Template as JinjaTemplate
from jinja2 import compiler, nodes, runtime
from jinja2.environment import TemplateModule
from jinja2.utils import internalcode
from jinja2.utils import missing as MISSING  # noqa: N812 - a constant
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
DEFAULT = "en_GB"
PLACES = re.compile(r"%\((\w+)\)s")
_inner = getattr(markupsafe, "_escape_inner", markupsafe.escape)


def escape(value: Any) -> str:
    """The value for an HTML page: as `markupsafe.escape`, but text stays a plain string."""
    kind = type(value)
    if kind is str:
        return _inner(value)
    return value if kind is Markup else str(markupsafe.escape(value))


class Macro(runtime.Macro):
    """A macro that fills its parameters by itself where nothing is out of the ordinary."""

    def __init__(self, *given: Any) -> None:
        """As Jinja's; notes whether each argument has a parameter of its own."""
        super().__init__(*given)
        self.plain = self._default_autoescape is True and not (
            self.catch_kwargs or self.catch_varargs
        )
        self.places = self._argument_count if self.plain and not self.caller else -1

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What it gives, escaped."""
        if len(args) == self.places and not kwargs:
            return str.__new__(Markup, self._func(*args))
        found = self.run(args, kwargs)
        return super().__call__(*args, **kwargs) if found is None else found

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Markup | None:
        """What it gives, escaped; None where Jinja has to sort the arguments out."""
        if not self.plain:
            return None
        names = self.arguments[len(args) :]
        filled = [kwargs.get(name, MISSING) for name in names]
        given = len(filled) - filled.count(MISSING)
        if self.caller:
            if self.explicit_caller or "caller" not in kwargs:
                return None
            filled.append(kwargs["caller"])
            given += 1
        if given != len(kwargs) or len(args) > self._argument_count:
            return None
        return str.__new__(Markup, self._func(*args, *filled))


class Context(runtime.Context):
    """Calls macros and plain functions without asking what else they could be."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - as Jinja
        """As Jinja's, and by it wherever there is anything that only it knows."""
        kind = type(__obj)
        if kind is Macro and __self.eval_ctx.autoescape:
            own = {k: v for k, v in kwargs.items() if k not in _SCOPES} if kwargs else kwargs
            found = __obj.run(args, own)
            if found is not None:
                return found
        elif (kind is FunctionType or kind is MethodType) and not hasattr(__obj, _PASSED):
            for name in _SCOPES:
                kwargs.pop(name, None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


#: What Jinja gives every call beside its arguments, and how a function says that it wants more.
_SCOPES = ("_block_vars", "_loop_vars")
_PASSED = "jinja_pass_arg"


class Template(JinjaTemplate):
    """A template whose macros are made once: no template of ours has globals of its own."""

    def _get_default_module(self, ctx: runtime.Context | None = None) -> TemplateModule:
        return self._module or super()._get_default_module(None)


def joined(*parts: str) -> Markup:
    """Texts that are escaped already, one after the other."""
    return str.__new__(Markup, "".join(parts))


class CodeGenerator(compiler.CodeGenerator):
    """Calls macros by their names, as functions, and puts values straight into texts."""

    def visit_Template(  # noqa: N802 - Jinja's names, here and below
        self, node: nodes.Template, frame: compiler.Frame | None = None
    ) -> None:
        """Note which names are macros and nothing else, then go on."""
        imported = [name for each in node.find_all(nodes.FromImport) for name in each.names]
        macros = {name if isinstance(name, str) else name[1] for name in imported}
        macros |= {each.name for each in node.find_all(nodes.Macro)}
        others = {each.name for each in node.find_all(nodes.Name) if each.ctx != "load"}
        self.macros = macros - others
        super().visit_Template(node, frame)

    def visit_Call(  # noqa: N802
        self, node: nodes.Call, frame: compiler.Frame, forward_caller: bool = False
    ) -> None:
        """A call of a macro; one of anything else is Jinja's."""
        if not self._is_macro(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for each in (*node.args, *node.kwargs):
            self.visit(each, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _is_macro(self, node: nodes.Node) -> bool:
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return False
        starred = node.dyn_args or node.dyn_kwargs or any(iskeyword(x.key) for x in node.kwargs)
        return node.node.name in self.macros and not starred

    def visit_Mod(self, node: nodes.BinExpr, frame: compiler.Frame) -> None:  # noqa: N802
        """A fixed text with the values that it names; the rest of a division is Jinja's."""
        pieces = _pieces(node) if frame.eval_ctx.autoescape else []
        if not pieces or frame.eval_ctx.volatile:
            super().visit_Mod(node, frame)
            return
        self.write("joined(")
        for each in pieces:
            if isinstance(each, str):
                self.write(f"{each!r}, ")
            else:
                self.write("escape(")
                self.visit(each, frame)
                self.write("), ")
        self.write(")")


def _pieces(node: nodes.BinExpr) -> list[str | nodes.Expr]:
    """The parts of a safe text and the values between them; nothing for what is none."""
    text, values = node.left, node.right
    if not (isinstance(text, nodes.MarkSafe) and isinstance(text.expr, nodes.Const)):
        return []
    if not isinstance(values, nodes.Dict):
        return []
    known = {each.key.as_const(): each.value for each in values.items}
    fixed = PLACES.split(text.expr.value)  # text, name, text, name, ..., text
    if any("%" in part.replace("%%", "") for part in fixed[::2]) or not {*fixed[1::2]} <= {*known}:
        return []
    return [known[part] if at % 2 else part.replace("%%", "%") for at, part in enumerate(fixed)]


class Environment(FlaskEnvironment):
    """Flask's environment for one language."""

    language = DEFAULT
    code_generator_class = CodeGenerator
    context_class = Context
    template_class = Template

    @internalcode
    def get_template(
        self,
        name: str | JinjaTemplate,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> JinjaTemplate:
        """As Jinja's; a page names ten, and where none is read again, each is looked up once."""
        if self.auto_reload or self.overlayed or globals or not isinstance(name, str):
            return super().get_template(name, parent, globals)
        known = self.__dict__.setdefault("portal_templates", {})
        if name not in known:
            known[name] = super().get_template(name, parent)
        return cast(JinjaTemplate, known[name])

    def catalogue(self) -> NullTranslations:
        """The texts of the language; the source's own where there are none."""
        return Translations.load(str(CATALOGUES), [self.language])

    def mark(self) -> str:
        """What compiled templates depend on beside their source: they are kept under it."""
        found = hashlib.sha256(Path(__file__).read_bytes())
        for path in sorted(CATALOGUES.glob(f"{self.language[:2]}*/LC_MESSAGES/*.mo")):
            found.update(path.read_bytes())
        return f"{self.language}-{found.hexdigest()[:16]}"

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None,
        defer_init: bool = False,
    ) -> str:  # fmt: skip
        _Translator(self.catalogue()).visit(source)
        code = super()._generate(source, name, filename, defer_init)
        imports, rest = code.split("\n", 1)  # on the same line, so that line numbers stay right
        return f"{imports}; from {__name__} import Macro, escape, joined\n{rest}"


class _Translator(NodeTransformer):
    """Puts the words of the language in the place of `_("...")` and `ngettext("...", "...", n)`."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self.catalogue = catalogue
        self.plain = not isinstance(catalogue, Translations)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if node.dyn_args or node.dyn_kwargs or name not in ("_", "gettext", "ngettext"):
            return node
        fixed = [a.value for a in node.args if isinstance(a, nodes.Const)]
        if name != "ngettext" and len(fixed) == len(node.args) == 1:
            return _filled(_text(self.catalogue.ugettext(fixed[0])), node)
        if name == "ngettext" and len(fixed) == 2 and self.plain:
            # Another language may have more forms than two: gettext chooses at run time.
            one, many = map(_text, fixed)
            number = nodes.Compare(node.args[2], [nodes.Operand("eq", nodes.Const(1))])
            text = nodes.CondExpr(number, one, many)
            values = [nodes.Keyword("num", node.args[2])]
            return _filled(text, node, values)
        return node


def _text(message: str) -> nodes.Expr:
    return nodes.MarkSafe(nodes.Const(message))


def _filled(text: nodes.Expr, node: nodes.Call, values: list[nodes.Keyword] = []) -> nodes.Expr:  # noqa: B006
    """The text with its values in place, which escapes them; "%%" becomes "%" even without."""
    if isinstance(text, nodes.CondExpr):
        one, many = (_filled(each, node, values) for each in (text.expr1, text.expr2) if each)
        return nodes.CondExpr(text.test, one, many)
    pairs = {each.key: each.value for each in [*values, *node.kwargs]}
    if not pairs and isinstance(text, nodes.MarkSafe) and isinstance(text.expr, nodes.Const):
        return _text(text.expr.value % {})
    items = [nodes.Pair(nodes.Const(key), value) for key, value in pairs.items()]
    return nodes.Mod(text, nodes.Dict(items))
