"""The model link where a connection has several keys: each question takes the one least in use, and a key that the
server refuses or tells to wait rests."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.models import Connection
from orchestration.ports import Answer, Question
from orchestration.runtime.credentials import credential, rest


@dataclass(frozen=True, slots=True)
class SharedKeys:
    """Implements `orchestration.ports.Recommender`."""

    connection: Connection
    prompt: str
    outcomes: tuple[dict[str, str], ...]
    schema: dict[str, object]

    def recommend(self, question: Question) -> Answer:
        # The client library is loaded where a model is connected, and nowhere else.
        from orchestration.ai.openai.calling import ModelServer
        from orchestration.ai.openai.recommender import ModelRecommender, Wording

        with credential(self.connection.name, question.deadline_seconds) as key:
            server = ModelServer(self.connection.name, self.connection.base_url, self.connection.model, key.secret)
            wording = Wording(self.prompt, self.outcomes, self.schema)
            answer = ModelRecommender(server, wording).recommend(question)
            attempts = answer.provenance.get("attempts") or ()
            rest(key, str(attempts[-1]["happened"]) if attempts else "")
        return answer
