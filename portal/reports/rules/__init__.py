"""How reports are worked out: pure functions, without a database."""
