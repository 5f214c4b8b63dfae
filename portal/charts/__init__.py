"""Charts: data in, SVG or PNG out. Nothing here knows of a database or of a request.

A chart is laid out once, as shapes (layout of lines.py and bars.py), and written as SVG by hand or
as PNG with matplotlib, which is loaded when the first PNG is asked for.
"""
