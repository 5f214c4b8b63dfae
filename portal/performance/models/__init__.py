"""Tables of performance data, one module a noun; importing this package loads them all."""

from portal.performance.models import collecting, data_sets, figures, notes, values

__all__ = ["collecting", "data_sets", "figures", "notes", "values"]
