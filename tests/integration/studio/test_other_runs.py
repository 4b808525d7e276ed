"""Runs that belong together: their pages link to each other."""

from __future__ import annotations

from orchestration import api
from orchestration.runtime import outbox
from tests.support.bench import OSCAR
from tests.support.studio import Studio

OUTER = """
workflow: outer
title: Two purchases
owner: oscar
input: {type: object}
steps:
  - {id: pens, workflow: purchase, with: {request: pens, amount: 12}}
  - {continue: {}}
"""


def test_a_run_and_the_one_that_it_started_lead_to_each_other(office: Studio) -> None:
    api.publish_workflow(text=OUTER, note="", actor=OSCAR)
    started = api.start_run(workflow="outer", input={}, actor=OSCAR, source="manual")
    while outbox.send_due():
        pass
    child = api.children_of(started.run_id).get()
    outer = office.at("oscar").get(f"/runs/{started.run_id}/").content.decode()
    assert f'href="/runs/{child.pk}/"' in outer
    assert "Waits for the run of pens" in outer
    step = office.at("oscar").get(f"/runs/{started.run_id}/", {"step": "pens"}).content.decode()
    assert f'href="/runs/{child.pk}/"' in step
    inner = office.at("oscar").get(f"/runs/{child.pk}/").content.decode()
    assert f'href="/runs/{started.run_id}/"' in inner
    assert "started by another run" in inner
