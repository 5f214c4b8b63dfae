"""Words and forms of reports."""
