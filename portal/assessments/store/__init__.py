"""All SQL of the assessments, one module a noun."""
