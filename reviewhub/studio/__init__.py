"""The studio: runs, workflows and the audit trail as pages. No rules live here; the door has them."""
