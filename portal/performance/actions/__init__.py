"""What people and programs do with performance data."""
