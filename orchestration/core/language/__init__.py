"""The workflow language: its text, its canonical form, its values and what they mean. Pure."""
