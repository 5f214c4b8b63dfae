"""Which service a row of a provider's list means."""

from __future__ import annotations

import pytest

from portal.catalogue.rules.rosters import Known, Services

SERVICES = Services(
    [
        Known("boats", frozenset(["Boats", "Ships"]), frozenset(["https://a.example/b"]),
              frozenset([1, 2])),
        Known("ferries", frozenset(["Ferries", "Ships"]), frozenset(["https://a.example/f"]),
              frozenset([3])),
    ],
    {"old-boats": "boats"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "named", "organisation", "means"),
    [
        ("boats", True, None, "boats"),
        ("old-boats", False, None, "boats"),
        ("http://www.a.example/b/", True, 3, "boats"),
        ("https://a.example/none", False, None, None),
        ("BOATS", False, None, "boats"),
        ("Boats", True, 2, "boats"),
        ("Boats", True, 3, None),
        ("Boats", True, None, None),
        ("Ships", False, None, None),
        ("Ships", True, 3, "ferries"),
        ("Something else", False, None, None),
    ],
)
def test_what_a_row_means(
    said: str, named: bool, organisation: int | None, means: str | None
) -> None:
    assert SERVICES.meant(said, named, organisation) == means
