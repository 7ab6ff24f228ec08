"""Places for probes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from seatrial.verify.places import Places, Turns


def test_whoever_has_the_lowest_rank_gets_the_next_place() -> None:
    places, order = Places(1), []

    def take(rank: int) -> None:
        with places.taken(rank):
            order.append(rank)

    with places.taken(0):
        threads = [threading.Thread(target=take, args=(rank,)) for rank in (5, 1, 3)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)  # all of them wait by now
    for thread in threads:
        thread.join(5)
    assert order == [1, 3, 5]


def most_at_once(taken: Callable[[], AbstractContextManager[None]]) -> int:
    """Return how many of eight had it at the same time."""
    running, most = list[int](), list[int]()

    def take() -> None:
        with taken():
            running.append(1)
            most.append(len(running))
            time.sleep(0.01)
            running.pop()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(most) == 8
    return max(most)


def test_no_more_run_at_once_than_there_are_places() -> None:
    assert most_at_once(partial(Places(2).taken, 0)) == 2


def test_no_more_have_a_turn_at_once_than_there_are_cores() -> None:
    assert most_at_once(Turns(2, 60.0).taken) == 2


def test_a_place_is_given_back_when_the_work_fails() -> None:
    places = Places(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.taken(0):
            _ = 1 / 0
    with places.taken(0):
        pass


def test_a_turn_that_lasts_too_long_keeps_nobody_waiting() -> None:
    turns, begin = Turns(1, 0.05), time.monotonic()
    with turns.taken(), turns.taken(), turns.taken():
        assert 0.1 <= time.monotonic() - begin < 5


def test_a_turn_is_given_back_when_the_work_fails() -> None:
    turns = Turns(1, 60.0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.taken():
            _ = 1 / 0
    with turns.taken():
        pass
