"""Reviews that other systems ask for, without a workflow of their own.

Each is an ordinary run of one built-in workflow, so the clock, the chain, the audit, the undo window and every channel
hold.
"""

WORKFLOW = "requested-review"
STEP = "review"
