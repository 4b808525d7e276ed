"""Workflows as files: where they are published, in this installation or in another one over its API."""
