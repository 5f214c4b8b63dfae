"""Assessments: standards, reports, and what they find."""
