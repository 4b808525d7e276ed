"""Asks people for a decision, and waits for the answer. Nothing but Python's own library.

    REVIEWHUB_URL=http://127.0.0.1:8000 REVIEWHUB_TOKEN=rhs_… python plain_script.py

The token has the scopes `reviews:create` and `reviews:read`. The last line that is printed is the answer.
"""

import json
import os
import sys
import time
import urllib.request

URL, TOKEN = os.environ["REVIEWHUB_URL"], os.environ["REVIEWHUB_TOKEN"]
EVERY = float(os.environ.get("REVIEWHUB_EVERY", "10"))  # seconds between two looks

QUESTION = {
    "title": "Refund 120 to Jane",
    "queue": "finance",
    "requester": "jane@example.com",
    "context": {
        "facts": {"order": "O-17", "amount": 120},
        "documents": [{"title": "Complaint", "text": "It came broken. I want my money back."}],
    },
    "recommendation": {"outcome": "approve", "confidence": 0.81, "reasons": ["Damaged on arrival"]},
    "outcomes": {"approve": {"label": "Refund"}, "reject": {"label": "Refuse"}},
    "fields": {"amount": {"value": 120, "type": "number", "edit": True}},
    "undo": "1s",
    "event_id": "refund-O-17",  # sent again, it is the same question
}


def call(path: str, body: object = None) -> dict:
    request = urllib.request.Request(
        URL + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def main() -> None:
    review = call("/api/v1/reviews/", QUESTION)
    print(f"People decide at {review['task_url']}", file=sys.stderr, flush=True)
    while review["state"] in ("waiting", "decided"):  # decided, but it may still be taken back
        time.sleep(EVERY)
        review = call(review["url"])
    print(json.dumps({"state": review["state"], "outcome": review["outcome"], "fields": review["fields"]}))


if __name__ == "__main__":
    main()
