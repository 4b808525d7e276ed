"""Which implementation stands behind each port in this installation."""

from __future__ import annotations

from django.conf import settings

from orchestration import ai, api, ports
from reviewhub.documents.forgetting import forget_unnamed
from reviewhub.documents.texts import DocumentTexts
from reviewhub.notifications.channels import delivering
from reviewhub.notifications.services import listen, listen_late, listen_to_all, when_noticed
from reviewhub.realtime import publish, rendering
from reviewhub.reviews.announcements import when_changed, when_queue_changed, when_told, when_told_late
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.handling import learn_handling_times
from reviewhub.reviews.labels import DecisionLabels
from reviewhub.reviews.looks import ending
from reviewhub.reviews.looks.drawing import draw_looks
from reviewhub.reviews.policies import SettingsPolicies
from reviewhub.reviews.requested import callbacks
from reviewhub.reviews.services.giving import give_out_everywhere, give_soon
from reviewhub.reviews.services.moving import move_what_waits
from reviewhub.reviews.services.outages import let_clocks_follow
from reviewhub.web.patches import patch_for
from reviewhub.web.pushed import figures_for, held_patch

# What the sweeper does beside its own work.
CHORES = (
    api.Chore(60.0, ai.retrain_where_due),
    api.Chore(60.0, move_what_waits),
    api.Chore(2.0, give_out_everywhere),
    api.Chore(5.0, let_clocks_follow),
    api.Chore(60.0, learn_handling_times),
    api.Chore(60.0, draw_looks),
    api.Chore(3_600.0, forget_unnamed),
)


def bind() -> None:
    """Binds the engine's ports to the desk, and the desk's announcements to their listeners."""
    ports.bind(human_tasks=DeskGateway(), policies=SettingsPolicies(), labels=DecisionLabels(), recommender=ai)
    ports.bind(documents=DocumentTexts())
    when_told(listen, together=listen_to_all)
    when_told_late(listen_late)
    when_told(callbacks.listen)
    when_told(ending.listen)
    when_told(delivering.listen)
    when_noticed(publish.notice_added)
    ports.bind(observer=publish)
    when_changed(publish.desk_changed)
    when_changed(give_soon)
    when_queue_changed(publish.queue_changed)
    rendering.bind(rendering.Renderers(patch_for, held_patch, figures_for))
    if settings.DEMO:
        _bind_demo()


def _bind_demo() -> None:
    from reviewhub.demo import clock, tools  # noqa: F401 - importing the tools registers them

    ports.bind(clock=clock.clock)
