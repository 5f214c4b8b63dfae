"""Past assessment reports as published: `reading.parse` reads a file of them."""
