"""`manage.py recommenders train|list`: what the learned recommenders know, and how they learn it."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestration.models import DecisionPoint, LearnedModel

POLITE = 10  # niceness, so that training never competes with people who wait for a page


class Command(BaseCommand):
    help = "Train the learned recommenders on people's decisions, or list what they have learned."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        train = acts.add_parser("train", help="learn from the stored decisions")
        train.add_argument("--decision-point", metavar="NAME", help="only this one; all of them otherwise")
        acts.add_parser("list", help="the version in force at each decision point")

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        if act == "list":
            self._list()
        else:
            self._train(options["decision_point"])

    def _train(self, name: str | None) -> None:
        from orchestration.ai.learned.train import train

        points = DecisionPoint.objects.filter(name=name) if name else DecisionPoint.objects.all()
        if name and not points:
            raise CommandError(f"There is no decision point named {name!r}.")
        os.nice(POLITE)
        for point in points:
            learned = train(point)
            self.stdout.write(_told(point, learned) if learned else f"{point.name}: another process is training it")

    def _list(self) -> None:
        current = {learned.point_id: learned for learned in LearnedModel.objects.filter(current=True)}
        for point in DecisionPoint.objects.all():
            learned = current.get(point.id)
            self.stdout.write(_told(point, learned) if learned else f"{point.name}: nothing learned yet")


def _told(point: DecisionPoint, learned: LearnedModel) -> str:
    start = f"{point.name}: version {learned.number}, {learned.labels} labels"
    if why := learned.metrics.get("unlearnable"):
        return f"{start}; abstains: {why}"
    agreement = learned.metrics.get("agreement")
    return start if agreement is None else f"{start}; out of sample it agrees with people in {agreement:.1%}"
