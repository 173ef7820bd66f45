"""What a pass owes and can be sent at once is claimed in its transaction, as a claim right behind it would have been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from advisor.correlate import decide
from advisor.model import AlertChange, Attempt, Delivery, Loudness, Message, Outcome, Owed, Report
from advisor.store import Accepted, Store, Taker
from tests.store.conftest import DAY, HOUR, MINUTE, NOW, accept, claimed, incoming, report, to

ME = Taker("me", MINUTE, 4)
DONE = Attempt(Outcome.DELIVERED, "accepted")

Owes = Callable[[Sequence[AlertChange]], list[Owed]]


def taking(store: Store, *reports: Report, owe: Owes | None = None, taker: Taker | None = ME) -> Accepted:
    """One poll that brought `reports` to who takes what it can."""
    return store.accept(
        claimed(store), [incoming(one) for one in reports], now=NOW, next_poll_at=NOW, owe=owe or to("ops"),
        decide=lambda reports, alerts, taken: decide(reports, alerts, NOW, taken=taken), taker=taker,
    )  # fmt: skip


def claim(store: Store, *, minutes: float = 0) -> list[Delivery]:
    return store.claim_deliveries(NOW + minutes * MINUTE, "other", MINUTE, 9)


def test_what_is_taken_is_what_a_claim_would_have_given(store: Store) -> None:
    taken = taking(store, report(pair="US-SY", article="a"), report(pair="US-LB", article="b"), owe=to("ops", "duty"))
    assert [delivery.receiver for delivery in taken.taken] == ["ops", "duty"]
    assert not taken.waiting
    store.release("me")
    again = claim(store)
    assert [replace(delivery, fence=1) for delivery in sorted(again, key=lambda d: d.id)] == list(taken.taken)


def test_an_update_that_is_taken_knows_that_it_is_one(store: Store) -> None:
    (first,) = taking(store, report(article="a")).taken
    store.begin_attempt(first, NOW, Message("t", "b"))
    store.finish_attempt(first, DONE, NOW)
    (second,) = taking(store, report(kind="evacuation", severity="extreme", article="b")).taken
    assert (first.updates, second.updates) == (0, 1)


def test_nobody_else_gets_what_is_taken_until_its_lease_ends(store: Store) -> None:
    (taken,) = taking(store, report()).taken
    assert claim(store) == []
    (again,) = claim(store, minutes=2)
    assert (again.id, again.ambiguous) == (taken.id, False)
    assert not store.begin_attempt(taken, NOW + 2 * MINUTE)


def test_who_dies_in_the_midst_of_what_it_took_may_have_sent_it(store: Store) -> None:
    (taken,) = taking(store, report()).taken
    assert store.begin_attempt(taken, NOW, Message("t", "b"))
    store.release("me")
    (again,) = claim(store)
    assert again.ambiguous


def test_what_waits_for_a_receiver_goes_before_what_is_new(store: Store) -> None:
    accept(store, report(pair="US-SY", severity="extreme", article="a"))
    fresh = taking(store, report(pair="GB-SY", severity="moderate", article="b"))
    assert (fresh.taken, fresh.waiting) == ((), True)
    (first,) = claim(store)
    assert first.changes[0].alert.issuer == "US"


def test_a_receiver_that_is_busy_is_left_to_it(store: Store) -> None:
    taking(store, report(pair="US-SY", article="a"))
    second = taking(store, report(pair="GB-SY", article="b"))
    assert (second.taken, second.waiting) == ((), True)


def test_what_is_owed_later_is_not_taken(store: Store) -> None:
    later = taking(store, report(), owe=lambda told: [Owed("ops", Loudness.NOTIFY, tuple(told), not_before=NOW + HOUR)])
    assert (later.taken, later.waiting) == ((), True)


def test_of_two_messages_for_one_receiver_neither_is_taken_so_that_the_more_severe_goes_first(store: Store) -> None:
    both = taking(
        store, report(pair="US-SY", severity="moderate", article="a"), report(pair="US-LB", severity="extreme", article="b"),
        owe=lambda told: [Owed("ops", Loudness.NOTIFY, (change,)) for change in told],
    )  # fmt: skip
    assert both.taken == ()
    (first,) = claim(store)
    assert first.changes[0].alert.destination == "LB"


def test_no_more_is_taken_than_can_be_sent(store: Store) -> None:
    some = taking(store, report(), owe=to("a", "b", "c"), taker=replace(ME, limit=2))
    assert ([delivery.receiver for delivery in some.taken], some.waiting) == (["a", "b"], True)
    assert [delivery.receiver for delivery in claim(store)] == ["c"]


def test_what_a_night_holds_back_is_given_back_as_if_nobody_had_looked(store: Store) -> None:
    (taken,) = taking(store, report(article="a")).taken
    store.postpone(taken, NOW + HOUR, NOW)
    accept(store, report(kind="evacuation", severity="extreme", article="b"))
    (delivery,) = store.claim_deliveries(NOW + DAY, "me", MINUTE, 9)
    assert len(delivery.changes) == 2


def test_without_a_taker_everything_waits(store: Store) -> None:
    left = taking(store, report(), taker=None)
    assert (left.taken, left.waiting) == ((), True)


def test_a_rehearsal_leaves_nothing_behind(store: Store) -> None:
    with store.rehearsal() as trial:
        (taken,) = taking(trial, report()).taken
        assert trial.begin_attempt(taken, NOW, Message("t", "b"))
        assert trial.finish_attempt(taken, DONE, NOW)
    assert (store.alerts(), store.deliveries(), store.sources()) == ([], [], [])
    assert len(taking(store, report()).taken) == 1
