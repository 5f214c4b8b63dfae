"""Forms of the assessments, and what pages call their closed lists."""
