"""Importers, one module a format: each reads files into `Parsed`, none writes."""
