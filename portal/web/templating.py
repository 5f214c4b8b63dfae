"""Jinja as we use it: strict in our templates, forgiving in GOV.UK Frontend's, compiled once."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    Template,
)
from jinja2.bccache import Bucket

from portal.web import compiling

GOVUK = "govuk_frontend_jinja/"


class GovukLoader(BaseLoader):
    """Loads GOV.UK Frontend's templates into an environment where a missing name is empty.

    Its macros ask for parameters that nobody gave. A name missing in one of our own templates is
    a mistake and raises an error, so the two need different environments.
    """

    def __init__(self) -> None:
        """Find the package's templates."""
        self.inner = PackageLoader("govuk_frontend_jinja")
        self.lenient: Environment | None = None

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> Template:
        """Load one of its templates, or raise TemplateNotFound."""
        if not name.startswith(GOVUK):
            return self.inner.load(environment, "\0", globals)  # not ours: raises
        if self.lenient is None:
            self.lenient = environment.overlay(undefined=ChainableUndefined)
        return self.inner.load(self.lenient, name.removeprefix(GOVUK), globals)

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The source of one of its templates, for tools that ask."""
        return self.inner.get_source(environment, template.removeprefix(GOVUK))


class WherePossibleCache(FileSystemBytecodeCache):
    """Keeps compiled templates in the temporary folder; a full or read-only disk is no error."""

    mark = ""

    def get_bucket(
        self, environment: Environment, name: str, filename: str | None, source: str
    ) -> Bucket:
        """The place of one template's code, apart from that of other languages and compilers."""
        return super().get_bucket(environment, f"{self.mark}/{name}", filename, source)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store one template's code if that works."""
        try:
            super().dump_bytecode(bucket)
        except OSError:
            return


def install(app: Flask, folder: Path) -> None:
    """Point the app's Jinja environment at `folder` and GOV.UK Frontend."""
    environment = app.jinja_env
    environment.loader = ChoiceLoader([GovukLoader(), FileSystemLoader(folder)])
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.bytecode_cache = _cache(environment)


def macro(app: Flask, component: str, name: str) -> Callable[[dict[str, Any]], str]:
    """A macro of GOV.UK Frontend as a function."""
    template = app.jinja_env.get_template(f"{GOVUK}components/{component}/macro.html")
    return getattr(template.module, name)  # type: ignore[no-any-return]


def _cache(environment: Environment) -> BytecodeCache | None:
    try:
        found = WherePossibleCache()
        found.mark = environment.mark() if isinstance(environment, compiling.Environment) else ""
        return found
    except (OSError, RuntimeError):
        return None  # no temporary folder of our own: compile in each process
