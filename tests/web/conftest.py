from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.site import make_site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_site(Path(tmp_path_factory.mktemp("site")))


@pytest.fixture
def client(site: Flask) -> Iterator[FlaskClient]:
    # Over HTTPS, since the session cookie is for HTTPS only.
    client = site.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client
