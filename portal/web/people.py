"""Who is asking: a visitor until sign-in gives them a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, appcontext_pushed, g
from flask_login import LoginManager, current_user

from portal.access import Person, Visitor


def install(app: Flask) -> None:
    """Wire Flask-Login; whoever has not signed in is a Visitor."""
    manager = LoginManager()
    manager.anonymous_user = Visitor
    manager.init_app(app)
    # Nobody can sign in yet, so no session names a person.
    manager.user_loader(lambda _id: None)


def current_person() -> Person:
    """The person who sent this request."""
    if "person" not in g:
        g.person = current_user._get_current_object()
    return cast(Person, g.person)


def signed_in() -> bool:
    """True where the answer is for one person's eyes."""
    return bool(getattr(current_person(), "is_authenticated", True))


@contextmanager
def as_person(app: Flask, person: Person) -> Iterator[None]:
    """Within the block, every request to `app` comes from `person`: for tests."""

    def set_person(sender: Flask, **_extra: object) -> None:
        g.person = person

    with appcontext_pushed.connected_to(set_person, app):
        yield
