"""Assessments: bookings, panels, outcomes and reports. Filled by the assessment steps."""
