"""Rehearses a workflow as its tests say: on the pure core, with a virtual clock and answers that are given."""
