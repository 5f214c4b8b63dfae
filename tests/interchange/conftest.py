"""The files that the commands' tests read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interchange.files import GOVERNMENT, SERVICES, VOLUMES, WALES, write


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Paths of small files in the real shapes."""
    texts = {
        "government.tsv": GOVERNMENT,
        "wales.tsv": WALES,
        "services.csv": SERVICES,
        "volumes.csv": VOLUMES,
    }
    return {name: str(write(tmp_path, name, text)) for name, text in texts.items()}
