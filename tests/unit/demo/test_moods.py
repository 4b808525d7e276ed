"""The ERP's tempers: sometimes slow, sometimes failing, and the same with every run."""

from __future__ import annotations

from collections import Counter

from reviewhub.demo.systems.moods import SHARES, Mood, mood_for

KEYS = [f"run-{number}:outcome/0/order" for number in range(4000)]


def test_every_mood_comes_up_about_as_often_as_it_should() -> None:
    counted = Counter(mood_for(key, 0) for key in KEYS)
    for mood, share in SHARES:
        assert 0.5 * share / 256 < counted[mood] / len(KEYS) < 1.6 * share / 256, mood
    assert counted[Mood.PROMPT] > 0.75 * len(KEYS)
    assert Mood.DOWN not in counted


def test_a_key_has_the_same_temper_every_time() -> None:
    assert [mood_for(key, 0) for key in KEYS[:50]] == [mood_for(key, 0) for key in KEYS[:50]]


def test_after_one_bad_answer_the_erp_behaves() -> None:
    assert {mood_for(key, 1) for key in KEYS} == {Mood.PROMPT}
