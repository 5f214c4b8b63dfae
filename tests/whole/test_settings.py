from __future__ import annotations

import dataclasses

import pytest

from config import DEVELOPMENT_KEY, UnsafeSettings, from_environment

GOOD = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "s" * 32,
    "DATABASE_URL": "postgresql://db.internal/portal",
    "PORTAL_TRUSTED_HOSTS": "catalogue.example.gov.uk, .internal",
}


def test_production_starts_with_its_secrets() -> None:
    settings = from_environment(GOOD)
    assert settings.secure and not settings.development
    assert settings.database_url == "postgresql+psycopg://db.internal/portal"
    assert settings.trusted_hosts == ("catalogue.example.gov.uk", ".internal")
    assert settings.searches_per_minute == 120
    assert from_environment(GOOD | {"PORTAL_SEARCHES_PER_MINUTE": "0"}).searches_per_minute == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.secret_key = "other"  # type: ignore[misc]


@pytest.mark.parametrize("environment", ["production", "test", None])
@pytest.mark.parametrize("secret", [None, "", "short", "s" * 31, DEVELOPMENT_KEY])
def test_without_a_real_secret_it_refuses(environment: str | None, secret: str | None) -> None:
    env = GOOD | {"PORTAL_ENV": environment, "PORTAL_SECRET_KEY": secret}
    given = {name: value for name, value in env.items() if value is not None}
    with pytest.raises(UnsafeSettings, match="PORTAL_SECRET_KEY"):
        from_environment(given)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"PORTAL_TRUSTED_HOSTS": " , "}, "PORTAL_TRUSTED_HOSTS"),
        ({"PORTAL_ENV": "test", "PORTAL_TRUSTED_HOSTS": ""}, "PORTAL_TRUSTED_HOSTS"),
        ({"PORTAL_MAX_EXPORTS": "many"}, "PORTAL_MAX_EXPORTS"),
        ({"PORTAL_KEPT_PAGES_MB": "-1"}, "PORTAL_KEPT_PAGES_MB"),
        ({"PORTAL_SEARCHES_PER_MINUTE": "5/s"}, "PORTAL_SEARCHES_PER_MINUTE"),
        ({"PORTAL_ENV": "prod"}, "PORTAL_ENV"),
        ({"PORTAL_ENV": ""}, "PORTAL_ENV"),
        ({"PORTAL_TRUSTED_PROXIES": "one"}, "PORTAL_TRUSTED_PROXIES"),
        ({"PORTAL_TRUSTED_PROXIES": "-1"}, "PORTAL_TRUSTED_PROXIES"),
        ({"PORTAL_BUSY_TIMEOUT_MS": "5s"}, "PORTAL_BUSY_TIMEOUT_MS"),
    ],
)
def test_anything_else_unsafe_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSettings, match=named):
        from_environment(GOOD | changes)


def test_an_empty_environment_is_production_and_refused() -> None:
    with pytest.raises(UnsafeSettings):
        from_environment({})


def test_development_needs_nothing_and_is_not_secure() -> None:
    settings = from_environment({"PORTAL_ENV": "development"})
    assert settings.development and not settings.secure
    assert settings.database_url.startswith("sqlite:///")
    assert settings.trusted_hosts == () and settings.searches_per_minute == 0
