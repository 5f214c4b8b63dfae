"""What the records add up to: reuse, duplication and savings. Nothing below imports it."""
