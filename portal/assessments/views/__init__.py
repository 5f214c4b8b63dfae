"""The pages of the assessments."""

from __future__ import annotations

from flask import Flask

from portal.assessments.actions import moving


def install(_app: Flask) -> None:
    """Register the pages, and what a lower package lets a higher one add."""
    moving.install()
