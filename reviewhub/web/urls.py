"""The desk's addresses: nouns, with POST to make and DELETE to end (`_method=delete` in a form)."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from reviewhub.web.views import (
    acts,
    cards,
    claims,
    comments,
    decisions,
    device,
    devices,
    filters,
    information,
    notices,
    queues,
    sessions,
    tasks,
    together,
)

app_name = "web"
urlpatterns = [
    path("", queues.home, name="home"),
    path("queue/<slug:view>/", queues.queue, name="queue"),
    path("queue/<slug:view>/together/", together.together, name="together"),
    path("filter/", filters.choose, name="filter"),
    path("filters/", filters.filters, name="filters"),
    path("filters/<int:filter_id>/", filters.saved, name="saved-filter"),
    path("tasks/next/", tasks.next_task, name="next"),
    path("tasks/<uuid:task_id>/", tasks.task, name="task"),
    path("tasks/<uuid:task_id>/claim/", claims.claim, name="claim"),
    path("tasks/<uuid:task_id>/decision/", decisions.decision, name="decision"),
    path("tasks/<uuid:task_id>/information/", acts.information, name="information"),
    path("tasks/<uuid:task_id>/delegation/", acts.delegation, name="delegation"),
    path("tasks/<uuid:task_id>/escalation/", acts.escalation, name="escalation"),
    path("tasks/<uuid:task_id>/snooze/", acts.snooze, name="snooze"),
    path("tasks/<uuid:task_id>/refusal/", acts.refusal, name="refusal"),
    path("tasks/<uuid:task_id>/pause/", acts.pause, name="pause"),
    path("tasks/<uuid:task_id>/comments/", comments.comments, name="comments"),
    path("cards/", cards.cards, name="cards"),
    path("cards/list/", cards.listed, name="cards-list"),
    path("cards/<uuid:task_id>/", cards.card, name="card"),
    path("cards/<uuid:task_id>/decision/", cards.decision, name="card-decision"),
    path("offline/", cards.offline, name="offline"),
    path("worker.js", device.worker, name="worker"),
    path("information/<str:token>/", information.information, name="question"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    path("devices/", devices.devices, name="devices"),
    path("devices/<int:device_id>/", devices.device, name="device"),
    path("keys/", sessions.keys, name="keys"),
    path("theme/", sessions.theme, name="theme"),
    path("sign-in/", sessions.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
]
