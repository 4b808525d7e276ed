"""What is looked at: whose page, at which address, and what is done there before the picture is taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.template.loader import render_to_string
from playwright.sync_api import Page, Route

from tests.pictures.house import LONG, House

Act = Callable[[Page], None]
WIDE, PHONE = "wide", "phone"


@dataclass(frozen=True, slots=True)
class State:
    """`person` is empty where nobody is signed in. `before` happens before the page is opened, `act` on it."""

    name: str
    person: str
    address: str
    act: Act | None = None
    before: Act | None = None
    status: int = 200
    sizes: tuple[str, ...] = (WIDE, PHONE)
    tall: bool = False  # the window is as high as the page
    settled: bool = True  # nothing is expected to come any more
    ours: bool = True  # False for Django's and Swagger's pages, whose marks and sizes are theirs


def states(house: House, size: str) -> Iterator[State]:
    for made in (_queue, _task, _acts, _outside, _own, _lead, _process, _studio, _settings, _wrong):
        yield from (state for state in made(house, size) if size in state.sizes)


# ---- acts ---------------------------------------------------------------------------------------


def press(*keys: str) -> Act:
    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(350)

    return act


def click(*selectors: str) -> Act:
    def act(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()
            page.wait_for_timeout(350)

    return act


def typed(selector: str, text: str, *keys: str) -> Act:
    def act(page: Page) -> None:
        page.locator(selector).first.fill(text)
        press(*keys)(page)

    return act


def one_after_another(*acts: Act) -> Act:
    def act(page: Page) -> None:
        for each in acts:
            each(page)

    return act


def _without_a_socket(page: Page) -> None:
    page.route_web_socket("**/ws/desk/", lambda socket: socket.close())


def _answered_by(pattern: str, status: int, body: str) -> Act:
    def act(page: Page) -> None:
        page.route(pattern, lambda route: route.fulfill(status=status, body=body, content_type="text/html"))

    return act


def _never_answered(pattern: str) -> Act:
    def act(page: Page) -> None:
        held: list[Route] = []  # one that nobody holds would go on

        def hold(route: Route) -> None:
            held.append(route)

        page.route(pattern, hold)

    return act


def _wait(milliseconds: int) -> Act:
    return lambda page: page.wait_for_timeout(milliseconds)


# ---- the desk -----------------------------------------------------------------------------------


def _queue(house: House, size: str) -> Iterator[State]:
    yield State("queue", "alice", "/queue/team/")
    yield State("queue-of-nothing", "alice", "/queue/at-risk/")
    yield State("queue-searched-to-nothing", "alice", "/queue/team/?q=Nobody+of+this+name")
    yield State("queue-searched", "alice", "/queue/team/?q=Pallet")
    yield State("queue-filtered", "alice", "/queue/team/?workflow=purchase-approval&sure_below=90&order=value")
    for view in ("mine", "unassigned", "escalated", "aside", "done"):
        yield State(f"queue-{view}", "alice" if view != "escalated" else "carol", f"/queue/{view}/")
    yield State("queue-of-nobody", "priya", "/queue/team/")
    yield State("filter", "alice", "/filter/?view=team")
    yield State("filters", "alice", "/filters/")
    yield State("filters-empty", "bob", "/filters/")
    if size == WIDE:
        yield State("keys", "alice", "/queue/team/", press("?"))
        picks = one_after_another(press("x", "j", "x", "j", "x"))
        yield State("picked", "alice", "/queue/team/", picks)
        yield State("together", "alice", "/queue/team/", one_after_another(picks, press("b")))
    else:
        yield State("drawer", "alice", "/queue/team/", click("[data-drawer-open]"))
        picks = one_after_another(click(".select-many"), click(".row:nth-child(2)", ".row:nth-child(3)"))
        yield State("picked", "alice", "/queue/team/", picks)
        yield State("together", "alice", "/queue/team/", one_after_another(picks, click("#bulk [type=submit]")))
    yield State("keys-page", "alice", "/keys/")
    yield State("connection-lost", "alice", "/queue/team/", _wait(2500), before=_without_a_socket)
    yield State("cards", "alice", "/cards/", lambda page: page.locator("#task-title").wait_for())
    yield State("cards-none", "priya", "/cards/")
    yield State("offline", "alice", "/offline/")


def _task(house: House, size: str) -> Iterator[State]:
    names = {
        "task": "Kestrel Cloud",
        "task-long": LONG,
        "task-critical": "Summit Machines",
        "task-documents": "Vantage Legal",
        "task-several": "Harbour Freight",
        "task-many-fields": "New supplier",
        "task-message": "Ines Duarte",
        "task-answered": "Answered",
        "task-waiting": "Waiting",
        "task-snoozed": "Snoozed",
        "task-delegated": "Given",
        "task-of-somebody": "Claimed",
        "task-decided": "Decided",
        "task-escalated": "Escalated",
    }
    for name, title in names.items():
        yield State(name, "alice", house.page(title))
    yield State("task-without-recommendation", "carol", house.page("Harbour Freight"))
    yield State("task-whole", "alice", house.page("Kestrel Cloud"), tall=True)
    yield State("task-documents-whole", "alice", house.page("Vantage Legal"), tall=True)
    yield State("task-incident", "oscar", house.page("Nightly"), tall=size == PHONE)
    for number, kind in enumerate(("picture", "mail", "text", "json", "table", "locked", "other"), start=1):
        shown = one_after_another(press(*["o"] * number), _wait(400))
        yield State(f"document-{kind}", "alice", house.page("Vantage Legal"), shown, tall=size == PHONE)
    yield State("task-not-yours", "priya", house.page("Rossi"), status=403)
    yield State("task-of-nobody", "alice", "/tasks/00000000-0000-0000-0000-000000000000/", status=404)


def _acts(house: House, size: str) -> Iterator[State]:
    pallets = house.page("Pallets")
    yield State("reasons", "alice", pallets, press("r"))
    yield State("reasons-detail", "alice", pallets, press("r", "2"))
    yield State("reasons-other", "alice", pallets, one_after_another(press("r"), click("[data-needs-note]")))
    yield State("reasons-missing", "alice", pallets, press("r", "Enter"))
    yield State("confirm", "alice", house.page("Summit Machines"), press("a"))
    corrected = one_after_another(click(".edit"), typed(".correct input", "99"), press("Enter"))
    yield State("corrected", "alice", pallets, corrected)
    yield State("corrected-asked", "alice", pallets, one_after_another(corrected, press("a")))
    faulty = one_after_another(click(".edit"), typed(".correct input", "much"), press("Enter", "a"))
    yield State("corrected-fault", "alice", pallets, faulty)
    for name, key in (
        ("ask", "i"),
        ("delegate", "d"),
        ("snooze", "z"),
        ("escalate", "e"),
        ("decline", "n"),
        ("menu", "."),
    ):
        yield State(f"panel-{name}", "alice", pallets, press(key))
    yield State(
        "comment", "alice", pallets, one_after_another(press("m"), typed("#comment", "Please look, @car"), _wait(600))
    )
    yield State("undo", "alice", house.page(f"Tapped {size}"), press("a"))
    yield State("told", "alice", house.page(f"Snooze {size}"), one_after_another(press("z", "1", "Enter")))
    slow = one_after_another(_never_answered("**/tasks/*/decision/**"), press("a"))
    yield State("decision-slow", "alice", house.page(f"Slow {size}"), slow, settled=False)
    opened = "**/tasks/*" if size == PHONE else "**/tasks/*/?*"
    row = one_after_another(
        _never_answered(opened), lambda page: page.locator(".row-title a").nth(3).click(no_wait_after=True)
    )
    yield State("task-slow", "alice", "/queue/team/", one_after_another(row, _wait(500)), settled=False)
    broken = one_after_another(_answered_by("**/tasks/*/decision/**", 500, "no"), press("a"))
    yield State("decision-broken", "alice", house.page(f"Broken {size}"), broken)
    signed_out = one_after_another(lambda page: page.context.clear_cookies(name="sessionid"), press("a"))
    yield State("decision-signed-out", "alice", house.page(f"Expired {size}"), signed_out)


# ---- without an account -------------------------------------------------------------------------


def _outside(house: House, size: str) -> Iterator[State]:
    del size
    yield State("sign-in", "", "/sign-in/")
    wrong = one_after_another(
        typed("[name=username]", "alice@example.com"), typed("[name=password]", "not this one", "Enter")
    )
    yield State("sign-in-refused", "", "/sign-in/", wrong)
    yield State("question", "", house.question("Waiting"))
    yield State("question-answered", "", house.question("Answered"))
    yield State("question-taken-back", "", house.question("Taken up"))
    yield State("question-late", "", house.question("Late answer"))
    yield State("question-forged", "", "/information/forged.token/", status=404)
    yield State("link", "", house.link("Pallets"))
    yield State("link-reasons", "", house.link("Pallets"), click("button[value=reject]"))
    yield State("link-critical", "", house.link("Summit Machines"), click("button[value=approve]"))
    yield State("link-documents", "", house.link("Vantage Legal"), tall=True)
    yield State("link-decided", "", house.link("Decided"))
    yield State("link-expired", "", house.link("Pallets", hours=-1), status=410)
    yield State("link-forged", "", "/decide/forged.token/", status=404)


def _own(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("notices", "carol", "/notices/")
    yield State("notices-empty", "priya", "/notices/")
    yield State("ways", "alice", "/notices/ways/", tall=True)
    yield State("hours", "alice", "/notices/hours/")
    yield State("devices", "alice", "/devices/")
    yield State("tokens", "ada", "/tokens/")
    yield State("tour", "alice", "/demo/")


def _lead(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("teams", "carol", "/teams/")
    yield State("team", "carol", "/teams/finance/", tall=True)
    yield State("team-other", "carol", "/teams/customer-care/")
    yield State("handover", "carol", "/teams/finance/handover/")
    yield State("quality", "carol", "/quality/")
    yield State("quality-own", "alice", "/quality/")
    yield State("deadlines", "carol", "/deadlines/")


# ---- processes ----------------------------------------------------------------------------------


def _process(house: House, size: str) -> Iterator[State]:
    del size
    yield State("stuck", "oscar", "/stuck/")
    yield State("limits", "oscar", "/limits/")
    yield State("runs", "oscar", "/runs/")
    yield State("runs-none", "oscar", "/runs/?q=nothing-of-this-name")
    yield State("run", "oscar", house.run_of("Kestrel Cloud"))
    yield State("run-whole", "oscar", house.run_of("Kestrel Cloud"), tall=True)
    yield State("run-decided", "oscar", house.run_of("Decided"))
    yield State("run-broken", "oscar", house.run_of("Nightly"))
    yield State("run-at", "oscar", house.run_of("Kestrel Cloud") + "at/?sequence=5")
    yield State("run-start", "oscar", "/workflows/purchase-approval/runs/new/")
    yield State("audit", "iris", "/audit/")
    yield State("audit-verified", "iris", "/audit/", click("form[action*=verification] button"))


def _studio(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("workflows", "oscar", "/workflows/")
    yield State("workflow", "oscar", "/workflows/purchase-approval/")
    yield State("workflow-whole", "oscar", "/workflows/purchase-approval/", tall=True)
    yield State("workflow-new", "ada", "/new-workflow/")
    yield State("version", "oscar", "/workflows/purchase-approval/versions/1/")
    yield State("editor", "oscar", "/workflows/purchase-approval/draft/")
    yield State("api-docs", "ada", "/api/docs/", ours=False)


def _settings(house: House, size: str) -> Iterator[State]:
    del size
    yield State("settings", "ada", "/admin/", ours=False)
    for name in ("queue", "escalationpolicy", "slapolicy", "businesscalendar", "overridereason"):
        yield State(f"settings-{name}", "ada", f"/admin/reviews/{name}/", ours=False)
    for name, address in house.settings().items():
        yield State(f"settings-{name}", "ada", address, _wait(900), ours=False, tall=True)
    yield State("settings-connections", "ada", "/admin/orchestration/connection/", ours=False)
    yield State("settings-people", "ada", "/admin/accounts/person/", ours=False)


def _wrong(house: House, size: str) -> Iterator[State]:
    del house, size
    yield State("error-403", "alice", "/audit/", status=403)
    yield State("error-404", "alice", "/nowhere/", status=404)
    broken = partial(_answered_by, "**/queue/team/", 500)
    yield State("error-500", "alice", "/queue/team/", before=broken(render_to_string("errors/broken.html")), status=500)
