"""The words of reports: which label means what, and what a stage and a result amount to."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache

from portal.assessments.words import AssessmentKind, Rating, RatingScheme, Stage
from portal.interchange.reports.shapes import Which

DEPARTMENT, DATE, STAGE, RESULT = "department", "date", "stage", "result"
LEAD, PEOPLE, UNKNOWN = "lead", "people", "unknown"
LONGEST_LABEL = 60

#: Labels as their letters alone: how they are spaced, set and split does not count.
_KNOWN = {
    **dict.fromkeys(
        """department departments departmentagency departmentoragency departmentandagency agency
        departmentorganisation departmentbody organisation organisationagency owningdepartment
        leaddepartment responsibledepartment parentdepartment dept deptagency agencydepartment
        departmentagencies departmentsagencies departmentalb departmentarmslengthbody ministry
        owningorganisation leadorganisation departmentagencybody publicbody
        serviceprovider""".split(), DEPARTMENT,
    ),
    **dict.fromkeys(
        """dateofassessment dateoforiginalassessment dateofreassessment dateofsubmission
        dateofsubmissionofadditionalevidence assessmentdate reassessmentdate dateofreview
        originalassessmentdate dateofinitialassessment dateoffirstassessment dateassessed
        dateofselfcertification datesofassessment dateoffirstreassessment
        dateofsecondreassessment dateoffinalreassessment submissiondate dateofassessments
        dateofreassessments dateofalphaassessment dateofbetaassessment dateofliveassessment
        dateofservicereassessment dateofserviceassessment date dates""".split(), DATE,
    ),
    **dict.fromkeys(
        """assessmentstage assessmentstages stage stageofassessment movingto movingintostage
        stageassessed servicestage phase assessmentphase servicephase typeofassessment
        assessmenttype movedto movesto stageofservice phaseofassessment reassessmentstage
        stageofdevelopment projectphase projectstage""".split(), STAGE,
    ),
    **dict.fromkeys(
        """result resultofassessment resultoforiginalassessment resultofreassessment
        reassessmentresult assessmentresult resultfollowingadditionalevidence resultofreview
        originalassessmentresult resultofinitialassessment resultoffirstassessment results
        resultofselfcertification overallresult finalresult outcome decision overalloutcome
        assessmentoutcome outcomeofassessment outcomeofreassessment outcomeoforiginalassessment
        resultofserviceassessment resultofsecondreassessment resultoffirstreassessment
        resultofsubmission resultsofassessment verdict resultafterreassessment
        resultafteradditionalevidence overallrating""".split(), RESULT,
    ),
    **dict.fromkeys(
        """leadassessor leadassessors assessor assessors lead assessmentlead panellead panelchair
        nameofleadassessor leadassessororiginal leadassessorreassessment originalleadassessor
        reassessmentleadassessor leadassessorforreassessment leadassessoroforiginalassessment
        leadassessorofreassessment leadreviewer chair""".split(), LEAD,
    ),
}  # fmt: skip
_PERSON = re.compile(
    r"(?:manager|leader|lead|owner|assess?or|director|officer|researcher|designer|developer|"
    r"analyst|architect|sponsor|contact|author|minister|certifier|representative)s?"
    r"(?:original|reassessment|name)?$"
)
_PEOPLE = ("panel", "panelmembers", "assessmentpanel", "assessmentteam", "observers", "sro", "cdio")
_DATE = re.compile(r"^dates?(?:of|for)?\w*(?:s+es+ment|review|submission|certification)s?$")
_RESULT = re.compile(r"^(?:results?|outcome|decision)(?:of|after|following|for|at)\w{3,40}$")
_AGAIN = re.compile(r"rea?s+e?s+ment|reassess|additionalevidence|furtherevidence|secondas|rereview")
_FIRST = re.compile(r"original|initial|firstassess|firstreview")
#: A heading of the text, and not a label, unless something short stands behind it.
NARRATIVE = re.compile(
    r"^(?:(?:outcome|decision|result|verdict).*|(?:chair|lead|panel|date|author|assess?or)s?$)"
)


def letters(text: str) -> str:
    """The letters of a text alone, in lower case."""
    return re.sub(r"[^a-z]", "", text.lower())


@lru_cache(4096)
def field_of(label: str) -> str | None:
    """What a label is about, or None where it is none."""
    if not label or len(label) > LONGEST_LABEL or "://" in label or "@" in label:
        return None
    only = letters(re.sub(r"\([^()]*\)", "", label)) or letters(label)
    if len(only) < 3:
        return None
    if only in _KNOWN:
        return _KNOWN[only]
    if "leadass" in only:
        return LEAD
    if only in _PEOPLE or (_PERSON.search(only) and len(label.split()) <= 7):
        return PEOPLE
    if _DATE.match(only):
        return DATE
    if _RESULT.match(only) and re.search("assess|s+es+ment|evidence|review|certif", only):
        return RESULT
    close = get_close_matches(only, _KNOWN, 1, 0.92) if len(only) >= 6 else []
    return _KNOWN[close[0]] if close else None


def is_label(words: str) -> bool:
    """Whether words are a label letter by letter."""
    return letters(words) in _KNOWN


def which_of(words: str) -> Which:
    """Which assessment a label or a heading speaks of."""
    only = letters(words)
    if _FIRST.search(only):
        return Which.ORIGINAL
    return Which.REASSESSMENT if _AGAIN.search(only) else Which.UNSAID


def is_moving(label: str) -> bool:
    """Whether a label names the phase that a service goes to, and not the one it is in."""
    return bool(re.match(r"mov(?:ing|ed|es)", letters(label)))


_FAILED = r"\bnot\s+(?:yet\s+)?(?:be\s+)?(?:pass|meet|met|approved|given)|fail|^(?:no|red)\b"
_CONDITIONS = r"\bcondition|\bsubject to|^amber\b"
_PASSED = r"^(?:pass|met\b|meets\b|yes\b|green\b|approved\b)"
_RESULTS = (
    (Rating.NOT_MET, _FAILED), (Rating.MET_WITH_CONDITIONS, _CONDITIONS), (Rating.MET, _PASSED),
)  # fmt: skip


def rating_of_result(words: str) -> Rating | None:
    """What a result amounts to; None where its words are not known."""
    low = words.lower().strip(" .:-–")
    return next((rating for rating, form in _RESULTS if re.search(form, low)), None)


def looks_like_result(words: str) -> bool:
    """Whether words are a result, and no sentence of a narrative."""
    return len(words) <= 80 and (rating_of_result(words) is not None or len(words.split()) <= 6)


_YES = {"yes", "y", "pass", "passed", "met", "meets", "meeting", "green", "✓", "✔"}
_NO = {"no", "n", "not pass", "not passed", "not met", "fail", "failed", "red", "✗", "✘", "x",
       "not yet met", "did not pass", "did not meet", "didn't meet", "didn’t meet", "not meeting",
       "does not meet", "is not meeting"}  # fmt: skip
_SOME = {"amber", "partially met", "partly met", "met with conditions", "pass with conditions",
         "passed with conditions"}  # fmt: skip
_NONE = {"n/a", "na", "n.a.", "n\\a", "not applicable", "not assessed", "exempt", "n / a"}
_SCHEMES = (
    (RatingScheme.RAG, {"green", "amber", "red"}),
    (RatingScheme.MET, {"met", "not met", "not yet met", "partly met", "did not meet", "meets"}),
    (
        RatingScheme.PASS_FAIL,
        {"yes", "no", "pass", "passed", "not pass", "not passed", "fail", "failed"},
    ),
)


def rating_of_term(term: str) -> Rating | None:
    """What the rating of a point amounts to; None where its words are not known."""
    for words, rating in (
        (_YES, Rating.MET), (_NO, Rating.NOT_MET), (_SOME, Rating.MET_WITH_CONDITIONS),
        (_NONE, Rating.NOT_RATED),
    ):  # fmt: skip
        if term in words:
            return rating
    return None


def scheme_of(terms: set[str]) -> RatingScheme | None:
    """The words that a table rates in."""
    return next((scheme for scheme, words in _SCHEMES if terms & words), None)


def departments_of(said: str) -> tuple[str, ...]:
    """The bodies that a department's line names: "DWP / HMRC" are two."""
    parts = re.split(r"\s*[/;|\n]\s*|\s+[-–—]\s+", said)
    return tuple(dict.fromkeys(part.strip(" ,.") for part in parts if part.strip(" ,.")))


_PHASES = (Stage.DISCOVERY, Stage.ALPHA, Stage.BETA, Stage.LIVE)
_BEFORE = {
    Stage.DISCOVERY: Stage.DISCOVERY, Stage.ALPHA: Stage.DISCOVERY, Stage.BETA: Stage.ALPHA,
    Stage.LIVE: Stage.LIVE,
}  # fmt: skip


def phase_of(stage: str, moving: bool) -> Stage:
    """The phase that was assessed: a stage of "Moving to: Private Beta" is an alpha's.

    The assessment that opens the public beta is the beta's, the one that opens live is the live's.
    """
    low = stage.lower()
    found = [phase for phase in _PHASES if re.search(rf"\b{phase.value}", low)]
    if not found:
        return Stage.UNKNOWN
    if not moving:
        review = found[0] is Stage.LIVE and re.search(r"\breview", low)
        return Stage.LIVE_REVIEW if review else found[0]
    if "public" in low and Stage.BETA in found:
        return Stage.BETA
    return _BEFORE[found[-1]]


def kind_of(title: str, stage: str, labels: str) -> AssessmentKind:
    """How an assessment was held, by the title, the stage and the labels of its dates."""
    if re.search(r"\bself[\s-]?cert", f"{title} {labels}", re.IGNORECASE):
        return AssessmentKind.SELF_CERTIFICATION
    if re.search(r"\bvoluntary\b", f"{title} {stage}", re.IGNORECASE):
        return AssessmentKind.VOLUNTARY
    if re.search(r"\bpeer review|\bdiscovery\b", stage, re.IGNORECASE):
        return AssessmentKind.PEER_REVIEW
    mock = re.search(r"\bmock\b", f"{title} {stage}", re.IGNORECASE)
    return AssessmentKind.MOCK if mock else AssessmentKind.ASSESSMENT


_KIND = r"gds|digital|alpha|beta|live|discovery|self|service|standard|voluntary|internal|private"
_END = re.compile(
    rf"\s*[-–—:|(]+\s*(?:(?:{_KIND}|public|review)\b[\s-]*)*"
    r"(?:\b(?:re[\s-]?)?(?:assessments?|certifications?|certified|review)\b)?"
    r"(?:\s*report)?[\s)]*$",
    re.IGNORECASE,
)
_BARE_END = re.compile(
    r"\s+(?:alpha|beta|live|service|voluntary)\s+(?:(?:alpha|beta|live|service)\s+)?"
    r"(?:re[\s-]?)?assessment(?:\s+report)?$",
    re.IGNORECASE,
)


def name_of(title: str) -> str:
    """The service's name out of a title: "Claim a grant - Alpha Assessment"."""
    dashed = _END.search(title)
    if dashed and dashed.start() and re.search(r"[a-z]", dashed[0], re.IGNORECASE):
        return title[: dashed.start()].strip()
    cut = _BARE_END.search(title)
    return title[: cut.start()].strip() if cut and cut.start() else title.strip()
