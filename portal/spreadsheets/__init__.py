"""Tables as files that spreadsheets open: what is in them, and how each format is written."""
