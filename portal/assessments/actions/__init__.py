"""What people do with standards, assessments and reports: one function a thing."""
