"""What people and jobs do with reports: one function each."""
