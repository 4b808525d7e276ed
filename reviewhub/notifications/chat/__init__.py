"""Slack: what is told there, and the buttons that come back."""
