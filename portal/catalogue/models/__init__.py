"""Tables of the catalogue, one module a noun; importing this package loads them all."""

from portal.catalogue.models import imports, journeys, organisations, services

__all__ = ["imports", "journeys", "organisations", "services"]
