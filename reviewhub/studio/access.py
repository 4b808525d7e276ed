"""Who may do what on the studio's pages, by the one table. What one may not see is not there."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import allows, require
from reviewhub.reviews.selectors import require_answered, visible_run


def viewer(request: HttpRequest) -> Person:
    """Whoever is signed in; every view of the studio asks for that before anything else."""
    return cast("Person", request.user)


def run_for(request: HttpRequest, run_id: UUID) -> Any:
    run = visible_run(viewer(request), run_id)
    if run is None:
        raise Http404("There is no such run, or it is not yours to see.")
    return run


def told_run_for(request: HttpRequest, run_id: UUID) -> Any:
    """To read what it did. Raises AnswerFirst where that is hidden until they have answered."""
    run = run_for(request, run_id)
    require_answered(viewer(request), run)
    return run


def workflow_for(request: HttpRequest, name: str, verb: str = "workflow.read") -> Any:
    """The workflow, once `verb` is allowed on it. Everybody who is signed in may read workflows."""
    workflow = api.workflows().filter(name=name).first()
    if workflow is None:
        raise Http404(f"There is no workflow {name}.")
    require(viewer(request), verb, workflow)
    return workflow


def may(request: HttpRequest, verb: str, subject: object = None) -> bool:
    return allows(viewer(request), verb, subject)
