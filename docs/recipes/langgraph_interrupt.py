"""A LangGraph agent that stops at `interrupt()`, asks people in ReviewHub, and goes on with their answer.

    pip install langgraph standardwebhooks httpx
    REVIEWHUB_URL=… REVIEWHUB_TOKEN=rhs_… CALLBACK_SECRET=whsec_… CALLBACK_PORT=8090 python langgraph_interrupt.py

The token has the scope `reviews:create`. In ReviewHub's settings, a connection of the kind "Webhook that goes out" has
our address as its base and the same secret. A real service keeps its checkpoints in a database rather than in memory,
so that it may be started anew while people think.
"""

import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, TypedDict

import httpx
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from standardwebhooks import Webhook, WebhookVerificationError


class Refund(TypedDict, total=False):
    order: str
    amount: float
    paid: float


def ask(state: Refund) -> Command:
    """Stops here until somebody has decided; what `interrupt` gives back is their answer."""
    answer = interrupt({"title": f"Refund {state['amount']:g} for {state['order']}", "amount": state["amount"]})
    if answer["outcome"] != "approve":
        return Command(goto=END, update={"paid": 0})
    return Command(goto="pay", update={"amount": answer["fields"]["amount"]})


def pay(state: Refund) -> Refund:
    return {"paid": state["amount"]}


def graph_of() -> Any:
    graph = StateGraph(Refund)
    graph.add_node("ask", ask)
    graph.add_node("pay", pay)
    graph.add_edge(START, "ask")
    graph.add_edge("pay", END)
    return graph.compile(checkpointer=InMemorySaver())


class Service:
    """Runs the graph, and takes the callbacks that wake it."""

    def __init__(self, url: str, token: str, secret: str, callback_url: str) -> None:
        self.url, self.token, self.callback_url = url, token, callback_url
        self.webhook, self.graph = Webhook(secret), graph_of()
        self.asked: dict[str, str] = {}  # threads by the reviews that they wait for
        self.ended: dict[str, Refund] = {}  # states by threads

    def start(self, thread: str, given: Refund) -> None:
        self._go_on(thread, given)

    def wake(self, headers: dict[str, str], body: bytes) -> int:
        """The HTTP status to answer with. The same callback twice wakes the thread once."""
        try:
            told = self.webhook.verify(body, headers)
        except WebhookVerificationError:
            return 401
        thread = self.asked.pop(told["data"]["id"], None)
        if thread is not None:
            self._go_on(thread, Command(resume=told["data"]))
        return 204

    def _go_on(self, thread: str, given: Any) -> None:
        state = self.graph.invoke(given, {"configurable": {"thread_id": thread}})
        if "__interrupt__" in state:
            self._ask_people(thread, state["__interrupt__"][0])
        else:
            self.ended[thread] = state

    def _ask_people(self, thread: str, stop: Any) -> None:
        """One question for one interrupt: asked again after a crash, it is the same review."""
        question = {
            "title": stop.value["title"],
            "queue": "finance",
            "fields": {"amount": {"value": stop.value["amount"], "type": "number", "edit": True}},
            "undo": "1s",
            "callback_url": self.callback_url,
            "metadata": {"thread": thread},
            "event_id": stop.id,
        }
        headers = {"Authorization": f"Bearer {self.token}"}
        review = httpx.post(f"{self.url}/api/v1/reviews/", json=question, headers=headers).raise_for_status().json()
        self.asked[review["id"]] = thread


def serve(service: Service, port: int) -> HTTPServer:
    class Callbacks(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(service.wake(dict(self.headers.items()), body))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return HTTPServer(("127.0.0.1", port), Callbacks)


def main() -> None:
    port = int(os.environ["CALLBACK_PORT"])
    settings = (os.environ["REVIEWHUB_URL"], os.environ["REVIEWHUB_TOKEN"], os.environ["CALLBACK_SECRET"])
    service = Service(*settings, callback_url=f"http://127.0.0.1:{port}/")
    with serve(service, port) as server:
        service.start("refund-17", {"order": "O-17", "amount": 120})
        while not service.ended:
            server.handle_request()
    print(json.dumps(service.ended["refund-17"]))


if __name__ == "__main__":
    main()
