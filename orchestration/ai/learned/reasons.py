"""Puts the strongest pulls into words that are true of the past cases, with the facts quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.ai.facts import Fact, label, source_text, spoken
from orchestration.ai.learned.customs import Counts, Usual
from orchestration.ai.learned.parameters import Parameters
from orchestration.ai.learned.pulls import CategoryPull, NumberPull, PairPull, Pull, TextPull
from orchestration.ai.learned.space import Grouped, NumberSpec
from orchestration.ai.wording import amount, between, done, listed, sentence, tidy
from orchestration.ports import Evidence

MOST_REASONS = 4
WEAKEST = 0.2  # of log-odds; less is not a reason
WEAKEST_SHARE = 0.08  # of the strongest; less is a detail
LIFT = 0.05  # by which a share must exceed the usual one, to be worth saying
AGAINST = 0.5  # share of the strongest reason from which the strongest objection is named too
FEWEST_CASES = 5  # before "x of y cases" is said
LONGEST_QUOTE = 160
FAR = 2.0  # times the usual

_SENTENCE_END = re.compile(r"[.!?]\s|\n")


@dataclass(frozen=True, slots=True)
class Explained:
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Narrator:
    """Knows the past and the case; words one pull at a time."""

    parameters: Parameters
    facts: Sequence[Fact]
    grouped: Grouped
    chosen: str
    rival: str

    def explain(self, pulls: Sequence[Pull]) -> Explained:
        told = self._towards(pulls)
        against = pulls[-1] if pulls else None
        if told and against and -against.strength >= AGAINST * pulls[0].strength:
            other = Narrator(self.parameters, self.facts, self.grouped, self.rival, self.chosen)
            if objection := other.reason(against):
                told.append((against, f"Against it: {objection}"))
        return Explained(tuple(reason for _, reason in told), self._evidence([pull for pull, _ in told]))

    def _towards(self, pulls: Sequence[Pull]) -> list[tuple[Pull, str]]:
        weakest = max(WEAKEST, WEAKEST_SHARE * pulls[0].strength) if pulls else WEAKEST
        told = [(pull, sentence(self.reason(pull))) for pull in pulls if pull.strength >= weakest]
        return [(pull, reason) for pull, reason in told if reason][:MOST_REASONS]

    def reason(self, pull: Pull) -> str:
        match pull:
            case NumberPull():
                return self._number(pull)
            case CategoryPull():
                return self._category(pull)
            case PairPull():
                return self._pair(pull)
            case TextPull():
                return self._text(pull)

    def _number(self, pull: NumberPull) -> str:
        path, value, is_share = pull.spec.path, pull.value, pull.spec.is_share
        start = f"{label(path)}: {amount(value, is_share=is_share)}"
        where, usual = self._nearest_range(path, self.rival)
        if usual and (side := _side(value, usual)):
            return f"{start}, {side} what is usually {done(self.rival)}{where} ({_range(usual, is_share)})"
        step = pull.spec.step(value)
        return self._counted(start + _among(pull.spec, step), self.parameters.customs.steps[path][step])

    def _nearest_range(self, path: str, outcome: str) -> tuple[str, Usual | None]:
        """The range among cases alike in one more fact where there are enough of them, otherwise among all."""
        customs, found = self.parameters.customs, []
        for spec in self.parameters.space.categories:
            for value in self.grouped.values(spec.path):
                usual = customs.usual_where(path, outcome, spec.path, value)
                if usual and value not in ("True", "False"):
                    found.append((usual.cases, f" for {spoken(value)}", usual))
        if found:
            _, where, usual = max(found, key=lambda entry: entry[0])
            return where, usual
        return "", customs.usual(path, outcome)

    def _category(self, pull: CategoryPull) -> str:
        start = f"{label(pull.spec.path)}: {_value(pull.value)}"
        counts = self.parameters.customs.values[pull.spec.path].get(pull.value)
        return self._counted(start, counts) if counts else ""

    def _pair(self, pull: PairPull) -> str:
        sides = [(pull.first, pull.pair.first), (pull.second, pull.pair.second)]
        (more, larger), (less, smaller) = sorted(sides, key=lambda side: -side[0])
        start = f"{label(larger)} ({spoken(more)}) exceeds {label(smaller)} ({spoken(less)})"
        counts = self.parameters.customs.comparisons[f"{pull.pair.first}>{pull.pair.second}"]
        return self._counted(start, counts["more" if pull.first > pull.second else "less"]) if more > less else ""

    def _counted(self, start: str, counts: Counts) -> str:
        """What people did in such cases, where that speaks for the chosen outcome more than cases usually do."""
        total, here = sum(counts.values()), counts.get(self.chosen, 0)
        everywhere = self.parameters.customs.outcomes
        usual = everywhere.get(self.chosen, 0) / max(1, sum(everywhere.values()))
        if total < FEWEST_CASES or here / total < usual + LIFT:
            return ""
        return f"{start}; people {done(self.chosen)} {here} of {total} such cases"

    def _text(self, pull: TextPull) -> str:
        if not pull.telling:
            return ""
        text = source_text(pull.fact.value)
        said = [f"“{text[term.start : term.end]}”" for term in pull.telling]
        return f"{label(pull.fact.path)} says {listed(said)}, as in cases that people {done(self.chosen)}"

    def _evidence(self, pulls: Sequence[Pull]) -> tuple[Evidence, ...]:
        found: list[Evidence] = []
        for pull in pulls:
            match pull:
                case NumberPull() | CategoryPull():
                    found += self._quoted(pull.spec.path)
                case PairPull():
                    found += [*self._quoted(pull.pair.first), *self._quoted(pull.pair.second)]
                case TextPull() if pull.telling:
                    quote = clause(source_text(pull.fact.value), pull.telling[0].start, pull.telling[0].end)
                    found.append(Evidence(pull.fact.path, quote))
        return tuple(dict.fromkeys(found))

    def _quoted(self, path: str) -> list[Evidence]:
        """The fact itself; facts of a list stand together and are not quoted one by one."""
        found = [fact for fact in self.facts if fact.kind_of == path]
        return [Evidence(found[0].path, source_text(found[0].value)[:LONGEST_QUOTE])] if len(found) == 1 else []


def clause(text: str, start: int, end: int) -> str:
    """The sentence around a place, or as much of it as a quote may hold; always a part of the text as it stands."""
    begin = max((match.end() for match in _SENTENCE_END.finditer(text, 0, start)), default=0)
    after = _SENTENCE_END.search(text, end)
    stop = after.start() + 1 if after else len(text)
    if stop - begin > LONGEST_QUOTE:
        begin = max(begin, start - LONGEST_QUOTE // 2)
        stop = min(stop, max(end, begin + LONGEST_QUOTE))
    return text[begin:stop].strip()


def _range(usual: Usual, is_share: bool) -> str:
    return between(usual.low, usual.high, is_share=is_share)


def _among(spec: NumberSpec, step: int) -> str:
    """Between which edges a number lies, in words; nothing where the edge is the number itself."""
    edges = spec.edges
    if not edges or (step == 0 and edges[0] == spec.low):
        return ""
    if step == 0:
        return f", {amount(tidy(edges[0]), is_share=spec.is_share)} or less"
    if step == len(edges):
        return f", over {amount(tidy(edges[-1]), is_share=spec.is_share)}"
    return f", between {between(edges[step - 1], edges[step], is_share=spec.is_share)}".replace(" to ", " and ")


def _side(value: float, usual: Usual) -> str:
    if value > usual.high:
        return "far above" if value > FAR * usual.high > 0 else "above"
    if value < usual.low:
        return "far below" if 0 <= value < usual.low / FAR else "below"
    return ""


def _value(value: str) -> str:
    return {"True": "yes", "False": "no"}.get(value, spoken(value))
