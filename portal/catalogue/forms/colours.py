"""The colours of tags; what a tag is about is always named as well."""

from __future__ import annotations

from collections.abc import Mapping

#: GOV.UK tag colours; a phase is always named as well, so colour carries nothing alone.
PHASE_COLOURS: Mapping[str, str] = {
    "discovery": "purple",
    "alpha": "pink",
    "private_beta": "orange",
    "public_beta": "yellow",
    "live": "green",
    "retired": "grey",
    "unknown": "grey",
}

#: The colour of the tag of a component's lifecycle, which is always named as well.
LIFECYCLE_COLOURS: Mapping[str, str] = {
    "alpha": "pink",
    "private_beta": "orange",
    "beta": "yellow",
    "live": "green",
    "deprecated": "orange",
    "closing": "red",
    "closed": "grey",
}


def phase_colour(phase: object) -> str:
    """The colour of a phase's tag."""
    return PHASE_COLOURS.get(str(phase), "grey")


def lifecycle_colour(lifecycle: object) -> str:
    """The colour of a lifecycle's tag."""
    return LIFECYCLE_COLOURS.get(str(lifecycle), "grey")
