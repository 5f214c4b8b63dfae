"""The tables of accounts; importing this loads them all."""

from portal.accounts.models import people, roles, sign_in

__all__ = ["people", "roles", "sign_in"]
