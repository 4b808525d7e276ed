"""The settings in the admin: who may, what it keeps, and that every change is on record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestration import api
from orchestration.models import Connection
from reviewhub.accounts.models import Person
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import BusinessCalendar, EscalationPolicy, OverrideReason, Queue, SlaPolicy
from reviewhub.reviews.policies import SettingsPolicies
from reviewhub.reviews.selectors.reason_versions import changes_of_reasons
from reviewhub.reviews.services.settings import save_reason
from tests.support.bench import OSCAR
from tests.support.cast import Cast, person

SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
PAGES = ("reviews_queue", "reviews_businesscalendar", "reviews_slapolicy", "reviews_escalationpolicy")


def signed_in(somebody: Person) -> Client:
    client = Client()
    client.force_login(somebody, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def ada(people: Cast) -> Client:
    """An administrator."""
    ada = person("ada", display_name="Ada Berg")
    grant_role(person=ada, role="administrator", actor=OSCAR)
    return signed_in(ada)


def rows(prefix: str, *given: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The fields of an inline's rows, as its form sends them."""
    fields = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": initial}
    for index, row in enumerate(given):
        fields |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return fields


def post(client: Client, url: str, **fields: Any) -> None:
    """Send a form that has to be taken."""
    response = client.post(url, rows("versions") | rows("credentials") | fields)
    assert response.status_code == 302, response.context["adminform"].form.errors


def kinds(chain: str) -> list[tuple[str, str]]:
    return [(entry.kind, entry.actor.label) for entry in api.chain_entries(chain)]


@pytest.mark.parametrize("role", ["engineer", "operator", ""])
def test_the_admin_is_closed_to_everybody_else(people: Cast, role: str) -> None:
    if role:
        grant_role(person=people.alice, role=role, actor=OSCAR)
    response = signed_in(people.alice).get(reverse("admin:index"), follow=True)
    assert "not authorized to access this page" in response.content.decode()


def test_whoever_is_not_signed_in_signs_in_where_everybody_does(db: None) -> None:
    response = Client().get(reverse("admin:login"))
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/?next=/admin/login/")


def test_an_auditor_looks_and_changes_nothing(people: Cast) -> None:
    auditor = person("aino")
    grant_role(person=auditor, role="auditor", actor=OSCAR)
    client = signed_in(auditor)
    for page in PAGES:
        assert client.get(reverse(f"admin:{page}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:{page}_add")).status_code == 403
    change = reverse("admin:reviews_queue_change", args=(people.finance.pk,))
    assert client.get(change).status_code == 200
    assert client.post(change, {"title": "Mine now"}).status_code == 403


def test_every_page_of_the_settings_opens(ada: Client, people: Cast) -> None:
    assert ada.get(reverse("admin:index")).status_code == 200
    for page in (*PAGES, "reviews_overridereason", "accounts_person", "orchestration_connection"):
        assert ada.get(reverse(f"admin:{page}_changelist") + "?q=a").status_code == 200
        assert ada.get(reverse(f"admin:{page}_add")).status_code == 200
    assert ada.get(reverse("admin:reviews_queue_change", args=(people.finance.pk,))).status_code == 200
    assert ada.get(reverse("admin:accounts_person_change", args=(people.alice.pk,))).status_code == 200


def test_a_queue_and_its_members_are_kept_with_who_changed_them(ada: Client, people: Cast) -> None:
    queue = people.finance
    [alice, carol] = queue.memberships.order_by("pk")
    members = [{"id": alice.pk, "queue": queue.pk, "person": people.alice.pk, "role": "lead"}]
    members += [{"id": carol.pk, "queue": queue.pk, "person": people.carol.pk, "role": "lead", "DELETE": "on"}]
    members += [{"id": "", "queue": queue.pk, "person": people.bob.pk, "role": "reviewer"}]
    post(
        ada,
        reverse("admin:reviews_queue_change", args=(queue.pk,)),
        title="Finance desk",
        backup=people.bob.pk,
        manager=people.carol.pk,
        lease_minutes=20,
        giving="least_loaded",
        cap=3,
        given_minutes=60,
        skills=" German,imports, ",
        asking_stops_clock="on",
        answer_days=7,
        undo_seconds=5,
        second_share=10,
        known_share=5,
        hidden_share=20,
        agreement_percent=0,
        wakes="never",
        nudge_minutes=60,
        looks_by="",
        looks_in="",
        **rows("memberships", *members, initial=2),
    )
    queue.refresh_from_db()
    assert (queue.title, queue.slug, queue.lease_minutes) == ("Finance desk", "finance", 20)
    assert (queue.giving, queue.cap, queue.skills) == ("least_loaded", 3, ["german", "imports"])
    assert set(queue.memberships.values_list("person__username", "role")) == {("alice", "lead"), ("bob", "reviewer")}
    assert kinds("queue:finance") == [
        ("queue.changed", "Ada Berg"),
        ("queue.queuemembership_made", "Ada Berg"),
        ("queue.queuemembership_changed", "Ada Berg"),
        ("queue.queuemembership_removed", "Ada Berg"),
    ]


HOURS = {"mon": "09:00-12:00, 13:00-17:00", "tue": "", "wed": "", "thu": "", "fri": "09:00-24:00", "sat": "", "sun": ""}
HELSINKI = {"title": "Office hours", "zone": "Europe/Helsinki", "country": "FI", "subdivision": "", **HOURS}


def test_a_calendar_is_kept_in_versions_that_are_never_changed(ada: Client) -> None:
    add = reverse("admin:reviews_businesscalendar_add")
    post(ada, add, name="office-hours", extra_holidays="2026-12-24", **HELSINKI)
    calendar = BusinessCalendar.objects.get(name="office-hours")
    change = reverse("admin:reviews_businesscalendar_change", args=(calendar.pk,))
    assert "13:00-17:00" in ada.get(change).content.decode()
    post(ada, change, extra_holidays="2026-12-24\n2026-12-31", **HELSINKI)
    assert [version.number for version in calendar.versions.order_by("number")] == [1, 2]
    assert "Mon 09:00-12:00, 13:00-17:00; Fri 09:00-24:00" in ada.get(change).content.decode()
    first = calendar.versions.get(number=1)
    assert first.extra_holidays == ["2026-12-24"]
    assert "2026-12-06" in first.holidays, "Finland's independence day"
    built = SettingsPolicies().calendar("office-hours")
    assert (built.version, built.zone, len(built.week[0])) == (2, "Europe/Helsinki", 2)
    assert kinds("calendar:office-hours") == [("calendar.changed", "Ada Berg")] * 2


def test_saving_a_calendar_without_a_change_makes_no_version(ada: Client) -> None:
    add = reverse("admin:reviews_businesscalendar_add")
    post(ada, add, name="office-hours", extra_holidays="", **HELSINKI)
    calendar = BusinessCalendar.objects.get()
    post(ada, reverse("admin:reviews_businesscalendar_change", args=(calendar.pk,)), extra_holidays="", **HELSINKI)
    assert calendar.versions.count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"mon": "9-5"}, "opening hours are written like"),
        ({"mon": "17:00-09:00"}, "ends before it begins"),
        ({"zone": "Mars/Olympus"}, "There is no time zone"),
        ({"country": "QQ"}, "QQ"),
        ({"extra_holidays": "Christmas"}, "A day is written like"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_in_words(ada: Client, wrong: dict[str, str], says: str) -> None:
    fields = {"name": "office-hours", "extra_holidays": "", **HELSINKI, **wrong}
    response = ada.post(reverse("admin:reviews_businesscalendar_add"), fields)
    assert says in response.content.decode()
    assert not BusinessCalendar.objects.exists()


def test_an_escalation_policy_is_written_as_in_a_workflow(ada: Client) -> None:
    text = "- {after: 24h, to: {backup_of: queue}}\n- {after: 2d, to: {manager_of: assignee}, priority: urgent}\n"
    post(ada, reverse("admin:reviews_escalationpolicy_add"), name="two-steps", title="Two steps", text=text)
    policy = EscalationPolicy.objects.get()
    post(
        ada,
        reverse("admin:reviews_escalationpolicy_change", args=(policy.pk,)),
        title="One step",
        text="- {after: 1h, to: {backup_of: queue}}",
    )
    newest = SettingsPolicies().escalation_policy("two-steps")
    assert newest.version == 2
    assert [level["after"] for level in newest.body] == [3600]
    assert len(policy.versions.get(number=1).body) == 2
    assert kinds("policy:two-steps") == [("policy.changed", "Ada Berg")] * 2


def test_an_escalation_policy_with_faults_says_the_lines(ada: Client) -> None:
    text = "- {after: 24h, to: {backup_of: queue}}\n- {after: soon, to: {backup_of: queue}}\n"
    fields = {"name": "wrong", "title": "Wrong", "text": text}
    response = ada.post(reverse("admin:reviews_escalationpolicy_add"), fields)
    assert "Line 2:" in response.content.decode()
    assert not EscalationPolicy.objects.exists()


def test_an_sla_policy_is_kept_in_versions(ada: Client) -> None:
    add = reverse("admin:reviews_slapolicy_add")
    post(ada, add, name="a-day", title="A day", text="due: 8h\ncritical: ${ input.amount > 40000.0 }")
    assert SlaPolicy.objects.get().current is not None
    assert SettingsPolicies().sla_policy("a-day").body["due"] == 8 * 3600


def test_one_goes_back_to_an_earlier_version_by_saving_it_again(ada: Client) -> None:
    url = reverse("admin:reviews_slapolicy_add")
    post(ada, url, title="Quick", name="quick", text="due: 1h")
    policy = SlaPolicy.objects.get(name="quick")
    url = reverse("admin:reviews_slapolicy_change", args=[policy.pk])
    post(ada, url, title="Quick", text="due: 2h")

    page = ada.get(f"{url}?version=1").content.decode()

    assert 'href="?version=1"' in page
    assert "due: 1h\n</textarea>" in page
    assert "due: 2h\n</textarea>" in ada.get(f"{url}?version=none").content.decode()
    post(ada, f"{url}?version=1", title="Quick", text="due: 1h")
    newest = SettingsPolicies().sla_policy("quick")
    assert (newest.version, newest.body["due"]) == (3, 3600)


def test_changing_a_reason_keeps_the_old_version_for_the_decisions_that_gave_it(ada: Client) -> None:
    reason = OverrideReason.objects.get(code="policy/rule_outdated")
    post(
        ada,
        reverse("admin:reviews_overridereason_change", args=(reason.pk,)),
        label="The rule is out of date",
        feeds="process_owner",
        active="on",
        position=reason.position,
    )
    versions = list(OverrideReason.objects.filter(code=reason.code).order_by("version"))
    assert [(each.version, each.label, each.current, each.trains) for each in versions] == [
        (1, "Rule outdated", False, True),
        (2, "The rule is out of date", True, False),
    ]
    assert kinds("reason:policy/rule_outdated") == [("reason.changed", "Ada Berg")]
    recorded = json.loads(api.audit_entries("reason:policy/rule_outdated").get().data)
    assert recorded["changed"] == ["label", "trains"]


def change_reason(ada: Client, code: str, workflow: str = "", **fields: Any) -> str:
    """By its page, to `fields`; answers with the page's address as it is afterwards."""
    reason = OverrideReason.objects.get(code=code, workflow=workflow, current=True)
    kept = {name: getattr(reason, name) for name in ("label", "feeds", "position")}
    kept |= {name: "on" for name in ("trains", "needs_note", "active") if getattr(reason, name)}
    post(ada, reverse("admin:reviews_overridereason_change", args=(reason.pk,)), **{**kept, **fields})
    newest = OverrideReason.objects.get(code=code, workflow=workflow, current=True)
    return reverse("admin:reviews_overridereason_change", args=(newest.pk,))


def test_a_reasons_page_shows_who_changed_what_and_begins_with_an_earlier_version(ada: Client) -> None:
    url = change_reason(ada, "policy", label="Our <b>rules</b>", position=7)

    page = ada.get(url).content.decode()

    assert "label: <del>Policy</del> → <ins>Our &lt;b&gt;rules&lt;/b&gt;</ins>" in page
    assert "position: <del>200</del> → <ins>7</ins>" in page
    assert "Ada Berg" in page
    assert "with the product" in page
    assert '<a href="?version=1">Look at it, then save</a>' in page
    assert 'value="Policy"' in ada.get(f"{url}?version=1").content.decode()
    for number in ("2", "99", "x", "٣", "9" * 30):
        assert 'value="Our &lt;b&gt;rules&lt;/b&gt;"' in ada.get(f"{url}?version={number}").content.decode()


def test_whoever_goes_on_editing_a_reason_goes_on_with_its_next_version(ada: Client) -> None:
    old = OverrideReason.objects.get(code="policy")
    url = reverse("admin:reviews_overridereason_change", args=(old.pk,))
    fields = {"label": "Rules", "feeds": "process_owner", "active": "on", "position": 200}
    there = ada.post(url, {**fields, "_continue": "1"}).headers["Location"]
    assert ada.get(there).status_code == 200
    assert 'value="Rules"' in ada.get(url).content.decode(), "an earlier version's address shows the current one"
    ada.post(url, {**fields, "label": "From a form of before"})
    assert OverrideReason.objects.get(code="policy", current=True).label == "Rules"


def test_the_whole_catalogue_goes_back_to_what_it_was(ada: Client) -> None:
    versions = reverse("admin:reviews_overridereason_versions")
    change_reason(ada, "policy", label="Rules")
    [first] = changes_of_reasons("")
    change_reason(ada, "policy", label="Rules and laws")
    save_reason(group="budget", label="Over budget", feeds="process_owner", trains=False, actor=OSCAR)
    save_reason(workflow="purchase", group="policy", label="Ours", feeds="nobody", trains=False, actor=OSCAR)
    then = reverse("admin:reviews_overridereason_then", args=(first.event,))

    listed, asked = ada.get(versions).content.decode(), ada.get(then).content.decode()
    listed = listed[listed.index("<tbody>") :]
    assert listed.index("Over budget") < listed.index("Rules and laws") < listed.index("Policy")
    assert "Ours" not in listed
    assert "Ours" in ada.get(f"{versions}?workflow=purchase").content.decode()
    assert "label: <del>Rules and laws</del> → <ins>Rules</ins>" in asked
    assert "active: <del>True</del> → <ins>False</ins>" in asked
    assert OverrideReason.objects.get(code="policy", workflow="", current=True).label == "Rules and laws"

    assert ada.post(then).status_code == 302
    now = {each.code: each for each in OverrideReason.objects.filter(workflow="", current=True)}
    assert (now["policy"].label, now["policy"].version) == ("Rules", 4)
    assert (now["budget"].active, now["budget"].version) == (False, 2)
    assert [each.version for code, each in now.items() if code not in ("policy", "budget")] == [1] * (len(now) - 2)
    assert OverrideReason.objects.get(workflow="purchase", current=True).label == "Ours"
    assert kinds("reason:policy")[-1] == ("reason.changed", "Ada Berg")
    assert "Nothing: the reasons are as they were then." in ada.get(then).content.decode()
    at_first = reverse("admin:reviews_overridereason_then", args=(0,))
    assert "label: <del>Rules</del> → <ins>Policy</ins>" in ada.get(at_first).content.decode()
    assert ada.get(reverse("admin:reviews_overridereason_then", args=(10**6,))).status_code == 404
    assert ada.get(f"{then}?workflow=purchase").status_code == 404


def test_an_auditor_reads_the_versions_and_others_nothing(ada: Client, people: Cast) -> None:
    change_reason(ada, "policy", label="Rules")
    [change] = changes_of_reasons("")
    change_reason(ada, "policy", label="Laws")
    pages = (
        reverse("admin:reviews_overridereason_versions"),
        reverse("admin:reviews_overridereason_then", args=(change.event,)),
    )
    grant_role(person=people.bob, role="auditor", actor=OSCAR)
    for page in pages:
        assert signed_in(people.bob).get(page).status_code == 200
        assert signed_in(people.alice).get(page).status_code in (302, 403)
    assert "Go back to these" not in signed_in(people.bob).get(pages[1]).content.decode()
    assert signed_in(people.bob).post(pages[1]).status_code == 403
    assert OverrideReason.objects.get(code="policy", current=True).label == "Laws"


CONNECTION = {"name": "erp-hook", "kind": "webhook", "base_url": "", "model": "", "region": "eu", "enabled": "on"}


def test_a_secret_goes_in_and_is_never_shown_again(ada: Client) -> None:
    post(ada, reverse("admin:orchestration_connection_add"), secret=SECRET, **CONNECTION)
    connection = Connection.objects.get()
    change = reverse("admin:orchestration_connection_change", args=(connection.pk,))
    for page in (change, reverse("admin:orchestration_connection_changelist")):
        assert SECRET not in ada.get(page).content.decode()
    post(ada, change, secret="", **{**CONNECTION, "region": "fi"})
    connection.refresh_from_db()
    assert (connection.secret, connection.region) == (SECRET, "fi")


def test_the_audit_trail_says_that_a_secret_changed_and_not_to_what(ada: Client) -> None:
    post(ada, reverse("admin:orchestration_connection_add"), secret=SECRET, **CONNECTION)
    [entry] = api.chain_entries("connection:erp-hook")
    assert entry.data["secret"] == "changed"
    assert SECRET not in str(entry)


def test_a_person_is_made_with_roles_and_never_removed(ada: Client, people: Cast) -> None:
    password = "correct horse battery staple"
    fields = {"display_name": "Gina", "email": "Gina@example.com", "username": "gina"}
    empty = rows("grants") | rows("absences") | rows("skills")
    post(ada, reverse("admin:accounts_person_add"), password1=password, password2=password, **fields, **empty)
    gina = Person.objects.get(email="gina@example.com")
    change = reverse("admin:accounts_person_change", args=(gina.pk,))
    grants = (
        rows("grants", {"id": "", "person": gina.pk, "role": "engineer", "workflow": ""})
        | rows("absences")
        | rows("skills")
    )
    post(
        ada,
        change,
        zone="Europe/Oslo",
        locale="en",
        reached_from="08:00",
        reached_until="17:30",
        reached_on="mon,tue",
        is_active="on",
        **fields,
        **grants,
    )
    assert list(gina.grants.values_list("role", "granted_by")) == [("engineer", "Ada Berg")]
    assert ("person.rolegrant_made", "Ada Berg") in kinds("person:gina")
    assert password not in str(api.chain_entries("person:gina"))
    assert ada.post(reverse("admin:accounts_person_delete", args=(gina.pk,)), {"post": "yes"}).status_code == 403


def test_a_queue_with_tasks_cannot_be_removed(ada: Client, people: Cast) -> None:
    from tests.support.tasks import opened

    opened()
    delete = reverse("admin:reviews_queue_delete", args=(people.finance.pk,))
    assert ada.post(delete, {"post": "yes"}).status_code == 403
    assert Queue.objects.filter(pk=people.finance.pk).exists()


def test_a_process_owners_workflow_is_one_that_exists(ada: Client, people: Cast) -> None:
    change = reverse("admin:accounts_person_change", args=(people.bob.pk,))
    row = {"id": "", "person": people.bob.pk, "role": "process_owner", "workflow": "no-such-workflow"}
    fields = {"display_name": "Bob", "email": "bob@example.com", "username": "bob", "zone": "UTC", "locale": "en"}
    response = ada.post(change, fields | rows("grants", row) | rows("absences") | rows("skills"))
    assert "no-such-workflow is not one of the available choices" in response.content.decode()
