"""Telling people: in the application and by mail."""
