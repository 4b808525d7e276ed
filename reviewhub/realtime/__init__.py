"""Changes pushed over WebSockets to whoever may see them. Nothing depends on it: a missed push is a reload."""
