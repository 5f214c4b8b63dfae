"""Tables of the assessments, one module a noun; importing this package loads them all."""

from portal.assessments.models import assessments, counts, findings, standards

__all__ = ["assessments", "counts", "findings", "standards"]
