"""Tables of the assessments, one module a noun; importing this package loads them all."""

from portal.assessments.models import assessments, findings, standards

__all__ = ["assessments", "findings", "standards"]
