"""From the assurance check to the public, and back: what is written where, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Person
from portal.assessments import words
from portal.assessments.actions import booking_clocks, challenges, publication_check, publishing
from portal.assessments.actions import follow_ups as acts
from portal.assessments.actions.assess_again import begin, possible
from portal.assessments.actions.booking_steps import step
from portal.assessments.actions.publishing import Correction, Wanted
from portal.assessments.booking_words import ActionState, Move, Part, State, VersionKind
from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report
from portal.assessments.models.bookings import Booking, BookingClock
from portal.assessments.models.drafting import Section, SectionText
from portal.assessments.models.publishing import FollowUp, PublicationFlag, WithdrawnReport
from portal.assessments.rules import report_writing
from portal.assessments.rules.follow_ups import Age, Deed
from portal.assessments.store import challenges as said
from portal.assessments.store import follow_ups, publication, report_timelines
from portal.assessments.words import AssessmentKind, Rating
from portal.audit import Act, HistoryEvent
from portal.errors import Invalid, Missing, Refused, Stale
from portal.jobs import Run
from portal.mail.models import Message
from portal.search import finding
from tests.support.accounts import act
from tests.support.held import HELD_ON, Held, held, standard
from tests.support.people import Somebody
from tests.support.provision import settings_for
from tests.support.transactions import RolledBackDatabase

URL = "https://portal.a.example"
NAMED = "We spoke with Gwen Rivers.\n\nWrite to g@a.example."
