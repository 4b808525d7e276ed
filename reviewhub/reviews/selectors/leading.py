"""What a lead sees of queues: who has what, how long it takes, what will be late next. A fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from statistics import median

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from orchestration import api, ports
from reviewhub.accounts.models import Absence, Person
from reviewhub.accounts.permissions import VERBS, roles_of
from reviewhub.reviews.handling import LONGEST, expectations
from reviewhub.reviews.models import Assignment, Decision, Queue, QueueMembership, ReviewTask
from reviewhub.reviews.models.querysets import BY_NAME, PAUSED, STILL_WAITING, ReviewTaskQuerySet
from reviewhub.reviews.roles import owned_workflows
from reviewhub.reviews.selectors.views import Counted

NEXT = 10
WEEK = timedelta(days=7)
TIMED = 2_000  # decisions of a week that medians are taken from, the latest ones
AHEAD = timedelta(days=28)  # absences that are shown


@dataclass(slots=True)
class OneOfTheTeam:
    """Times are seconds, and of the queues asked for; `minutes` are predicted, of all that waits with them."""

    person: Person
    role: str
    skills: list[str] = field(default_factory=list)
    is_given_tasks: bool = True
    claimed: int = 0
    asked: int = 0  # by name: a level, a colleague
    minutes: float = 0.0
    today: int = 0
    week: int = 0
    median: float | None = None
    sample: int = 0
    away: Absence | None = None  # now, else the next

    @property
    def open(self) -> int:
        return self.claimed + self.asked


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of the tasks that wait: how many there are in all, with nobody, set aside and late."""

    all: int
    unassigned: int
    aside: int
    late: int


def led_queues(person: Person) -> QuerySet[Queue]:
    """Those for which `queue.read` of the permission table allows it."""
    if not person.is_active:
        return Queue.objects.none()
    if roles_of(person) & VERBS["queue.read"].roles:
        return Queue.objects.all()
    led = [queue for queue, role in person.queue_roles if role == QueueMembership.Role.LEAD]
    led_here = Q(pk__in=led) | Q(manager=person)
    if owned := owned_workflows(person):
        led_here |= Q(Exists(ReviewTask.objects.filter(workflow__in=owned, queue=OuterRef("pk"))))
    return Queue.objects.filter(led_here)


def is_named(person: Person) -> bool:
    """As the owner by a workflow, or as the manager by a queue: no grant of theirs says so."""
    if not person.is_active:
        return False
    return api.workflows().filter(owner=person.username).exists() or Queue.objects.filter(manager=person).exists()


def waiting_of(queues: Collection[int]) -> Waiting:
    """Counted to the end."""
    return Waiting(
        **_waiting(queues).aggregate(**{name: Count("pk", filter=which) for name, which in _kinds().items()})
    )


def waiting_up_to(queues: Collection[int], number: int) -> Waiting:
    """The same in one query; `number` stands for that many or more."""
    rows = [_waiting(queues).filter(which).order_by().values("pk")[:number] for which in _kinds().values()]
    for counted in Queue.objects.filter(pk__in=list(queues)[:1]).values_list(*map(Counted, rows)):
        return Waiting(*counted)
    return Waiting(0, 0, 0, 0)


def _waiting(queues: Collection[int]) -> ReviewTaskQuerySet:
    return ReviewTask.objects.waiting().filter(queue__in=queues)


def _kinds() -> dict[str, Q]:
    """Which of those that wait are counted."""
    system_now, now = ports.clock().system_now(), ports.clock().process_now()
    return {
        "all": STILL_WAITING,
        "unassigned": Q(status="open") | Q(status="claimed", claim_expires_at__lte=system_now),
        "aside": Q(status__in=PAUSED, paused_by__isnull=False),
        "late": Q(due_at__lte=now, stands_still_since__isnull=True),
    }


def next_breaches(queues: Collection[int]) -> list[ReviewTask]:
    """The next ten that will be late, if nobody decides."""
    tasks = ReviewTask.objects.waiting().filter(queue__in=queues, due_at__gt=ports.clock().process_now())
    running = tasks.filter(stands_still_since__isnull=True)
    return list(running.for_listing().order_by("due_at", "id")[:NEXT])


def team_of(queues: Collection[int], viewer: Person) -> list[OneOfTheTeam]:
    """Everybody who works in the queues, in the order of their names."""
    team = _members(queues)
    _add_load(team, queues)
    _add_pace(team, queues, viewer)
    for absence in absences_of(team):
        team[absence.person_id].away = team[absence.person_id].away or absence
    return list(team.values())


def absences_of(people: Collection[int]) -> list[Absence]:
    """Those that are not over, the next four weeks, the first first."""
    now = ports.clock().process_now()
    found = Absence.objects.filter(person__in=list(people), ends_at__gt=now, starts_at__lt=now + AHEAD)
    return list(found.select_related("person", "delegate").order_by("starts_at", "id"))


def tasks_to_hand_over(queue: Queue, person: Person | None, *, of_nobody: bool = False) -> ReviewTaskQuerySet:
    """The queue's tasks that somebody has, or nobody, or all; set aside ones come back first and are left out."""
    tasks = ReviewTask.objects.waiting().filter(queue=queue).exclude(status__in=PAUSED)
    if of_nobody:
        tasks = tasks.unassigned(ports.clock().system_now())
    if person is not None:
        asked = Assignment.objects.filter(BY_NAME, person=person, ended_at__isnull=True).values("task")
        held = ReviewTask.objects.filter(
            status="claimed", claimed_by=person, claim_expires_at__gt=ports.clock().system_now()
        )
        tasks = tasks.filter(pk__in=held.order_by().values("pk").union(asked.order_by()))
    return tasks.for_listing().urgent_first()


def _members(queues: Collection[int]) -> dict[int, OneOfTheTeam]:
    found = QueueMembership.objects.filter(queue__in=queues, person__is_active=True).select_related("person")
    team: dict[int, OneOfTheTeam] = {}
    for membership in found.order_by("person__display_name", "person", "role").prefetch_related("person__skills"):
        skills = [skill.name for skill in membership.person.skills.all()]
        one = OneOfTheTeam(membership.person, membership.role, skills, is_given_tasks=False)
        one = team.setdefault(membership.person_id, one)
        one.is_given_tasks = one.is_given_tasks or membership.is_given_tasks
    return team


def _add_load(team: dict[int, OneOfTheTeam], queues: Collection[int]) -> None:
    known, system_now = expectations(list(team)), ports.clock().system_now()
    columns = ("queue_id", "workflow", "step_id")
    held = ReviewTask.objects.filter(status="claimed", claimed_by__in=list(team), claim_expires_at__gt=system_now)
    for person, queue, workflow, step in held.order_by().values_list("claimed_by_id", *columns):
        team[person].claimed += queue in queues
        team[person].minutes += known.minutes(workflow, step, person)
    asked = Assignment.objects.filter(BY_NAME, person__in=list(team), ended_at__isnull=True)
    asked = asked.filter(task__status__in=("open", "claimed"))
    rows = asked.order_by().values_list("person_id", "task__claimed_by", *(f"task__{column}" for column in columns))
    for person, holder, queue, workflow, step in rows:
        if holder != person:
            team[person].asked += queue in queues
            team[person].minutes += known.minutes(workflow, step, person)


def _add_pace(team: dict[int, OneOfTheTeam], queues: Collection[int], viewer: Person) -> None:
    """Today is the viewer's day."""
    now = ports.clock().process_now()
    midnight = datetime.combine(now.astimezone(viewer.timezone).date(), time.min, tzinfo=viewer.timezone)
    standing = Decision.objects.filter(by__in=list(team), task__queue__in=queues, taken_back_at__isnull=True)
    of_week = standing.filter(received_at__gte=now - WEEK).order_by()
    counted = of_week.values("by").annotate(week=Count("pk"), today=Count("pk", filter=Q(received_at__gte=midnight)))
    for row in counted:
        team[row["by"]].week, team[row["by"]].today = row["week"], row["today"]
    seconds: defaultdict[int, list[float]] = defaultdict(list)
    timed = of_week.filter(seconds_spent__gt=0).order_by("-received_at").values_list("by", "seconds_spent")[:TIMED]
    for person, spent in timed:
        seconds[person].append(min(float(spent or 0), LONGEST))
    for person, spent_each in seconds.items():
        team[person].median, team[person].sample = median(spent_each), len(spent_each)


def people_to_give(queue: Queue) -> Sequence[Person]:
    """Whom its tasks can be handed to: whoever works in it and is here."""
    now = ports.clock().process_now()
    away = Absence.objects.filter(starts_at__lte=now, ends_at__gt=now).values("person")
    return list(Person.objects.filter(memberships__queue=queue, is_active=True).exclude(pk__in=away).distinct())
