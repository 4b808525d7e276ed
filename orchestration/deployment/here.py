"""This installation, by its own database."""

from __future__ import annotations

from orchestration import api
from orchestration.deployment.places import Published, Refused
from orchestration.exceptions import InvalidWorkflow, OrchestrationError


class Here:
    """Publishes as the command line."""

    actor = api.COMMAND_LINE

    def names(self) -> list[str]:
        return list(api.workflows().exclude(current=None).values_list("name", flat=True))

    def current(self, name: str) -> Published | None:
        workflow = api.workflows().filter(name=name).first()
        version = workflow.current if workflow is not None else None
        return Published(name, version.number, version.text, version.content_hash) if version is not None else None

    def publish(self, name: str, text: str, note: str, *, skip_tests: bool) -> Published:
        try:
            version = api.deploy_workflow(text=text, note=note, actor=self.actor, skip_tests=skip_tests)
        except InvalidWorkflow as error:
            raise Refused(str(error), error.faults) from error
        except OrchestrationError as error:
            raise Refused(str(error)) from error
        return Published(name, version.number, version.text, version.content_hash)
