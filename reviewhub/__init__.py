"""ReviewHub: the desk where people and AI decide together."""
