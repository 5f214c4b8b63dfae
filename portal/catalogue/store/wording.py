"""Which rows of a short queue have the words that somebody looks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, func, true


def has_words(column: Any, words: Iterable[str]) -> Any:
    """The condition that a text has all of these words, which are in lower case."""
    return and_(true(), *(func.lower(column).contains(word, autoescape=True) for word in words))
