"""Which messages go straight from a poll to their sender, and which wait in the outbox."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from advisor.errors import StoreError
from advisor.model import Delivery, Loudness, Severity
from advisor.pipeline.dispatch import Dispatch, Outgoing


def delivery(number: int = 1) -> Delivery:
    return Delivery(
        number, 1, "1", "phone", Loudness.NOTIFY, Severity.SEVERE, datetime(2026, 3, 1, tzinfo=UTC), changes=()
    )


@dataclass
class Post:
    """An outbox and a receiver that a test can hold up."""

    box: list[Delivery] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    fault: Exception | None = None

    def claim(self, limit: int) -> list[Delivery]:
        if self.fault:
            raise self.fault
        taken, self.box = self.box[:limit], self.box[limit:]
        return taken

    def send(self, item: Delivery) -> None:
        assert self.open.wait(10)
        self.sent.append(item.id)


@pytest.fixture
def post() -> Post:
    made = Post()
    made.open.set()
    return made


@pytest.fixture
def dispatch(post: Post) -> Iterator[Dispatch]:
    with ThreadPoolExecutor(2) as pool:
        made = Dispatch("me")
        made.open(Outgoing(post.claim, post.send, lambda: 2, lambda: post.polls, pool))
        yield made
        post.open.set()


def settled(dispatch: Dispatch) -> None:
    for sending in dispatch.under_way():
        sending.result(10)


def test_what_a_lonely_poll_brings_is_taken_and_sent_without_a_turn(dispatch: Dispatch, post: Post) -> None:
    post.polls = [0.0]  # the one that asks
    taker = dispatch.taker()
    assert taker is not None
    assert (taker.owner, taker.limit) == ("me", 2)
    dispatch.hand([delivery()])
    settled(dispatch)
    assert post.sent == [1]


def test_while_other_polls_are_under_way_nothing_is_taken(dispatch: Dispatch, post: Post) -> None:
    post.polls = [0.0, 0.0]
    assert dispatch.taker() is None


def test_while_news_waits_for_its_turn_nothing_overtakes_it(dispatch: Dispatch) -> None:
    dispatch.news()
    assert dispatch.taker() is None
    dispatch.turn()
    assert dispatch.taker() is not None


def test_no_more_is_taken_than_there_are_places(dispatch: Dispatch, post: Post) -> None:
    post.open.clear()
    dispatch.hand([delivery(1)])
    taker = dispatch.taker()
    assert taker is not None
    assert taker.limit == 1
    dispatch.hand([delivery(2)])
    assert dispatch.taker() is None


def test_news_waits_for_the_polls_that_were_under_way_when_it_came(dispatch: Dispatch, post: Post) -> None:
    post.box, post.polls = [delivery()], [0.0]
    dispatch.news()
    dispatch.turn()
    assert len(post.box) == 1
    post.polls = []
    dispatch.turn()
    settled(dispatch)
    assert post.sent == [1]


def test_when_a_send_ends_the_outbox_is_looked_at_again_at_once(dispatch: Dispatch, post: Post) -> None:
    post.box = [delivery(number) for number in range(5)]
    dispatch.news()
    while post.box:
        dispatch.turn()
        settled(dispatch)
    settled(dispatch)
    assert sorted(post.sent) == [0, 1, 2, 3, 4]


def test_a_database_that_fails_ends_nothing(dispatch: Dispatch, post: Post) -> None:
    post.box, post.fault = [delivery()], StoreError("locked")
    dispatch.news()
    dispatch.turn()
    post.fault = None
    dispatch.news()
    dispatch.turn()
    settled(dispatch)
    assert post.sent == [1]


def test_closed_nothing_is_taken_and_what_was_is_left_for_the_next_start(dispatch: Dispatch, post: Post) -> None:
    dispatch.close()
    assert dispatch.taker() is None
    dispatch.hand([delivery()])
    assert dispatch.idle()
    assert post.sent == []


def test_closed_what_waits_for_a_thread_is_not_begun(dispatch: Dispatch, post: Post) -> None:
    post.open.clear()
    dispatch.hand([delivery(number) for number in range(3)])  # one more than there are threads
    dispatch.close()
    post.open.set()
    settled(dispatch)
    assert sorted(post.sent) == [0, 1]
