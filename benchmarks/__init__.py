"""Measurements. Each module prints one JSON object a line; see report.py for its shape."""
