from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.jobs.clock import Clock
from tests.mail import servers


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def notify() -> Iterator[servers.Notify]:
    with servers.notify() as stub:
        yield stub


@pytest.fixture
def smtp() -> Iterator[servers.Smtp]:
    with servers.smtp() as stub:
        yield stub
