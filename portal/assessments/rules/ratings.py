"""The words in which points and the whole are rated, by scheme, with the class of each."""

from __future__ import annotations

from collections.abc import Mapping

from portal.assessments.words import Rating, RatingScheme

#: Of a point that does not apply to a service, in any scheme: why is asked for.
NOT_APPLICABLE = "N/A"
_RAG = {
    "Green": Rating.MET,
    "Amber": Rating.MET_WITH_CONDITIONS,
    "Red": Rating.NOT_MET,
}
_MET = {"Met": Rating.MET, "Not met": Rating.NOT_MET}
#: What the panel says of a point.
POINT: Mapping[RatingScheme, Mapping[str, Rating]] = {
    RatingScheme.PASS_FAIL: {"Yes": Rating.MET, "No": Rating.NOT_MET},
    RatingScheme.MET: _MET,
    RatingScheme.RAG: _RAG,
}
#: What the lead assessor says of the whole.
WHOLE: Mapping[RatingScheme, Mapping[str, Rating]] = {
    RatingScheme.PASS_FAIL: {"Pass": Rating.MET, "Not passed": Rating.NOT_MET},
    RatingScheme.MET: _MET,
    RatingScheme.RAG: _RAG,
}


def of_point(scheme: RatingScheme) -> dict[str, Rating]:
    """The words for a point, each with its class, in the order in which they are offered."""
    return {**POINT[scheme], NOT_APPLICABLE: Rating.NOT_RATED}


def of_whole(scheme: RatingScheme) -> dict[str, Rating]:
    """The same for the whole."""
    return dict(WHOLE[scheme])


def used_now(scheme: RatingScheme) -> RatingScheme:
    """The scheme of an assessment that is held now against a version which was published with
    that one: nothing has been rated with yes and no since 2016.
    """
    return RatingScheme.RAG if scheme is RatingScheme.PASS_FAIL else scheme
