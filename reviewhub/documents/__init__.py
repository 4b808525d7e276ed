"""Documents as people look at them: read and drawn in a process of their own, and kept under their digest."""
