"""Tables of the catalogue, one module a noun; importing this package loads them all."""

from portal.catalogue.models import components, imports, journeys, organisations, services, usage

__all__ = ["components", "imports", "journeys", "organisations", "services", "usage"]
