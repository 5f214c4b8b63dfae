"""What holds of performance data, without a database."""
