"""Every move of a booking: from where, by whom, to where, whether with a reason, and its clock.

This one table is what the actions ask, what docs/assessments.md shows, and what the tests walk.
A move that is not here cannot be made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.assessments.booking_words import ClockKind, Move, Part, State
from portal.assessments.words import AssessmentKind, Stage
from portal.errors import N_, Invalid, Refused

S, M, P = State, Move, Part


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    Attributes:
        sources: how far the booking is before.
        by: who may do it.
        to: how far it is afterwards; None means as far as before it was postponed.
        reason: whether why is asked for.
        starts: the clock that begins with it.
        ends: clocks that end with it; all others stand unless it is their turn (`RUNS`).
    """

    move: Move
    sources: frozenset[State]
    by: frozenset[Part]
    to: State | None
    reason: bool = False
    starts: ClockKind | None = None
    ends: frozenset[ClockKind] = frozenset()


def _of(*members: State) -> frozenset[State]:
    return frozenset(members)


#: A panel can sit, a report can still be written or read: whatever is here can be stopped.
OPEN = _of(
    S.DRAFT, S.SUBMITTED, S.ACCEPTED, S.PANEL_FORMING, S.PANEL_READY, S.ASSESSED, S.DRAFTING,
    S.ASSURANCE_CHECK, S.TEAM_REVIEW, S.PANEL_AMENDS, S.READY_TO_PUBLISH,
)  # fmt: skip
#: Nothing more happens to these, but for what the table says.
ENDED = frozenset(S) - OPEN - _of(S.POSTPONED)
#: Somebody has to sit: the days before it are the bookings that a calendar shows.
AHEAD = _of(S.SUBMITTED, S.ACCEPTED, S.PANEL_FORMING, S.PANEL_READY)
#: The panel writes.
WRITING = _of(S.ASSESSED, S.DRAFTING, S.PANEL_AMENDS)
#: The service's team may read what the panel found.
SHOWN_TO_TEAM = _of(
    S.TEAM_REVIEW, S.PANEL_AMENDS, S.READY_TO_PUBLISH, S.PUBLISHED, S.UNPUBLISHED,
    S.CLOSED_UNPUBLISHED,
)  # fmt: skip
_BOTH = frozenset({P.TEAM, P.ASSURANCE})
_TEAM, _ASSURANCE, _LEAD = frozenset({P.TEAM}), frozenset({P.ASSURANCE}), frozenset({P.LEAD})
_ALL_CLOCKS = frozenset(ClockKind)
TABLE: tuple[Rule, ...] = (
    Rule(M.SUBMIT, _of(S.DRAFT), _TEAM, S.SUBMITTED),
    Rule(M.ACCEPT, _of(S.SUBMITTED), _ASSURANCE, S.ACCEPTED),
    Rule(M.REJECT, _of(S.SUBMITTED), _ASSURANCE, S.REJECTED, reason=True),
    Rule(M.REOPEN, _of(S.REJECTED), _ASSURANCE, S.SUBMITTED, reason=True),
    Rule(M.REVISE, _of(S.REJECTED), _TEAM, S.DRAFT),
    Rule(M.FORM_PANEL, _of(S.ACCEPTED), _ASSURANCE, S.PANEL_FORMING),
    Rule(M.CONFIRM_PANEL, _of(S.PANEL_FORMING), _ASSURANCE, S.PANEL_READY),
    Rule(M.REFORM_PANEL, _of(S.PANEL_READY), _ASSURANCE, S.PANEL_FORMING, reason=True),
    Rule(M.HOLD, _of(S.PANEL_READY), _LEAD | _ASSURANCE, S.ASSESSED, starts=ClockKind.REPORT),
    Rule(M.NOT_HELD, _of(S.ASSESSED, S.DRAFTING), _LEAD | _ASSURANCE, S.PANEL_READY, reason=True,
         ends=frozenset({ClockKind.REPORT})),
    Rule(M.START_REPORT, _of(S.ASSESSED), _LEAD, S.DRAFTING),
    Rule(M.UNLOCK, _of(S.DRAFTING), _LEAD, S.DRAFTING, reason=True),
    Rule(M.SEND_TO_CHECK, _of(S.DRAFTING), _LEAD, S.ASSURANCE_CHECK,
         starts=ClockKind.CHECK),
    Rule(M.RETURN_TO_PANEL, _of(S.ASSURANCE_CHECK), _ASSURANCE, S.DRAFTING, reason=True,
         ends=frozenset({ClockKind.CHECK})),
    Rule(M.SEND_TO_TEAM, _of(S.ASSURANCE_CHECK), _ASSURANCE, S.TEAM_REVIEW,
         starts=ClockKind.ANSWER, ends=frozenset({ClockKind.CHECK, ClockKind.REPORT})),
    Rule(M.CHALLENGE, _of(S.TEAM_REVIEW), _TEAM, S.PANEL_AMENDS),
    Rule(M.ANSWER_CHALLENGE, _of(S.PANEL_AMENDS), _LEAD, S.TEAM_REVIEW),
    Rule(M.ACCEPT_REPORT, _of(S.TEAM_REVIEW), _TEAM, S.READY_TO_PUBLISH, ends=_ALL_CLOCKS),
    Rule(M.TIME_RUNS_OUT, _of(S.TEAM_REVIEW), frozenset({P.SYSTEM}), S.READY_TO_PUBLISH,
         ends=_ALL_CLOCKS),
    Rule(M.PUBLISH, _of(S.READY_TO_PUBLISH), _ASSURANCE, S.PUBLISHED),
    Rule(M.CLOSE_UNPUBLISHED, _of(S.READY_TO_PUBLISH), _ASSURANCE, S.CLOSED_UNPUBLISHED,
         reason=True),
    Rule(M.CORRECT, _of(S.PUBLISHED), _ASSURANCE, S.PUBLISHED, reason=True),
    Rule(M.UNPUBLISH, _of(S.PUBLISHED), _ASSURANCE, S.UNPUBLISHED, reason=True),
    Rule(M.PUBLISH_AGAIN, _of(S.UNPUBLISHED), _ASSURANCE, S.PUBLISHED, reason=True),
    Rule(M.POSTPONE, OPEN, _BOTH, S.POSTPONED, reason=True),
    Rule(M.RESUME, _of(S.POSTPONED), _BOTH, None),
    Rule(M.WITHDRAW, OPEN | _of(S.POSTPONED, S.REJECTED), _BOTH, S.WITHDRAWN, reason=True,
         ends=_ALL_CLOCKS),
    Rule(M.STOP, OPEN | _of(S.POSTPONED), _BOTH, S.STOPPED, reason=True, ends=_ALL_CLOCKS),
)  # fmt: skip
#: Whose turn it is: any other clock stands, as all do while a booking is postponed.
RUNS = {
    S.ASSESSED: ClockKind.REPORT,
    S.DRAFTING: ClockKind.REPORT,
    S.ASSURANCE_CHECK: ClockKind.CHECK,
    S.TEAM_REVIEW: ClockKind.ANSWER,
}
_BY_MOVE = {rule.move: rule for rule in TABLE}
#: Not rated: there is nothing that could be met or not.
UNRATED = frozenset({AssessmentKind.PEER_REVIEW})


def locked(state: State, decided_at: datetime | None) -> bool:
    """Whether nothing of a draft is to be changed: it is with others, or its result is recorded.
    What the team challenges is amended with the result as it stands.
    """
    return state not in WRITING or (state is State.DRAFTING and decided_at is not None)


def rule_of(move: Move) -> Rule:
    """The row of a move."""
    return _BY_MOVE[move]


def moves(state: State, parts: Collection[Part]) -> list[Move]:
    """What somebody who is `parts` to a booking can do while it is so far, in the table's order."""
    mine = frozenset(parts)
    return [rule.move for rule in TABLE if state in rule.sources and rule.by & mine]


def steps(made: Iterable[Move]) -> tuple[list[Move], list[Move]]:
    """Moves in the order in which a page offers them: those that lead on, the main one first, and
    those that lead back, aside or to an end, which all ask why. Where the table has two that lead
    on, the later one is the main one: to accept a report rather than to challenge it.
    """
    every = list(made)
    on = [move for move in reversed(every) if not _BY_MOVE[move].reason]
    return on, [move for move in every if _BY_MOVE[move].reason]


def after(
    state: State, resumes: State | None, move: Move, parts: Collection[Part], reason: str | None
) -> State:
    """How far a booking is once a move is made.

    Args:
        state: how far it is.
        resumes: how far it was, of one that is postponed.
        move: what is done.
        parts: what whoever does it is to the booking.
        reason: why, in their words.

    Raises:
        Refused: the table has no such move from there, or not by them.
        Invalid: why is asked for, and was not said.
    """
    rule = _BY_MOVE[move]
    if state not in rule.sources:
        raise Refused(N_("This can no longer be done: the assessment has moved on"))
    if not rule.by & frozenset(parts):
        raise Refused(N_("You cannot do this"))
    if rule.reason and not (reason or "").strip():
        raise Invalid("reason", N_("Enter a reason"))
    if rule.to is not None:
        return rule.to
    if resumes is None:
        raise Refused(N_("The portal does not know how far it was"))
    return resumes


def rated(stage: Stage | None, kind: AssessmentKind | None) -> bool:
    """Whether points and the whole are rated: a discovery peer review is not."""
    return kind not in UNRATED and stage is not Stage.DISCOVERY


def reachable(states: Iterable[State]) -> set[State]:
    """Every state that can come after these, whoever acts; for the docs and the tests."""
    found = set(states)
    while True:
        more = {
            to
            for rule in TABLE
            for to in ([rule.to] if rule.to else sorted(OPEN))
            if rule.sources & found
        }
        if more <= found:
            return found
        found |= more
