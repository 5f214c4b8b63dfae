"""Full-text search behind one function, the same on SQLite and PostgreSQL.

It sits below the catalogue and knows none of its tables: features hand it documents and get ids
back, best first. Words are folded and stemmed here (words.py), meanings come from synonyms.txt,
the index only says which records match (candidates.py), and ranking.py puts them in order.
"""

from portal.search.alike import alike, frequencies
from portal.search.documents import Document, Found
from portal.search.finding import find
from portal.search.index import put, rebuild, remove
from portal.search.naming import called, is_called, said
from portal.search.reasons import reason, shows

__all__ = [
    "Document", "Found", "alike", "called", "find", "frequencies", "is_called", "put", "reason",
    "rebuild", "remove", "said", "shows",
]  # fmt: skip
