"""Fields and messages of the forms of performance data."""
