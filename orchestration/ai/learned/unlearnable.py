"""Why nothing was learned, and why nothing is said."""


class Unlearnable(Exception):
    """The past decisions teach nothing that could be recommended; the message says why, in words for people."""


class Abstains(Exception):
    """Nothing can be recommended here; the message completes "No recommendation: …"."""
