"""Every statement about performance data."""
