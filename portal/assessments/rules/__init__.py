"""Pure rules of the assessments."""
