"""trackio/names.py: names that people can say, of which there are many."""

from __future__ import annotations

import random
import re

import numpy as np

from trackio import names
from trackio.names import readable


def test_a_name_is_two_words_and_a_number():
    for _ in range(1000):
        first, second, number = re.fullmatch(r"([a-z]+)-([a-z]+)-(\d{1,3})", readable()).groups()
        assert first in names._FIRST
        assert second in names._SECOND
        assert str(int(number)) == number


def test_no_word_stands_twice():
    for words in (names._FIRST, names._SECOND):
        assert len(set(words)) == len(words) > 40


def test_names_differ():
    assert len({readable() for _ in range(1000)}) > 990


def test_seeded_generators_are_not_touched_and_do_not_matter():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 -- what scripts do
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    first = [readable() for _ in range(10)]
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
    random.seed(1)
    assert [readable() for _ in range(10)] != first
