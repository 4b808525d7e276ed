"""The invariants of the engine's core, in their words, over any workflow and any schedule of events."""
