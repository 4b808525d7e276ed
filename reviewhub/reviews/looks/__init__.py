"""Second looks: a share of closed cases is put before somebody else, who cannot tell it from any other task.

Each is a run of a built-in workflow that has this review and nothing else. What it decides has no effect but to be
compared: with what the first person decided, or with an answer that is known.
"""

WORKFLOW = "second-look"
STEP = "second-look"  # the key of its tasks, by which they are told from others
