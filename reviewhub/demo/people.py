"""Who is who in the demo."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Invented:
    """One of the demo's people. `says` is what they do, in a few words."""

    username: str
    name: str
    says: str
    grants: tuple[tuple[str, str], ...] = ()  # (role, workflow)
    queues: dict[str, str] = field(default_factory=dict)  # queue: role in it
    manager: str = ""
    home: str = "web:home"  # where the bar leads

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


PURCHASES, MESSAGES = "purchase-approval", "customer-messages"
FINANCE, CARE, INCIDENTS = "finance", "customer-care", "incidents"

CAROL = Invented("carol", "Carol Nyström", "manages both teams", queues={FINANCE: "lead", CARE: "lead"})
ALICE = Invented("alice", "Alice Moreau", "reviews", queues={FINANCE: "reviewer", CARE: "reviewer"}, manager="carol")
BOB = Invented("bob", "Bob Tanaka", "backs her up", manager="carol")
OSCAR = Invented(
    "oscar",
    "Oscar Lind",
    "owns both processes",
    grants=(("process_owner", PURCHASES), ("process_owner", MESSAGES), ("operator", "")),
    queues={INCIDENTS: "lead"},
)
ADA = Invented(
    "ada", "Ada Brandt", "administers", grants=(("administrator", ""), ("engineer", "")), home="studio:workflows"
)
IRIS = Invented("iris", "Iris Kowalski", "audits", grants=(("auditor", ""),), home="studio:audit")
PRIYA = Invented("priya", "Priya Nair", "asks for purchases")

PEOPLE = (CAROL, ALICE, BOB, OSCAR, ADA, IRIS, PRIYA)  # managers first
SWITCH = (ALICE, BOB, CAROL, OSCAR, ADA, IRIS)  # in the bar, in this order
ZONE = "Europe/Stockholm"
