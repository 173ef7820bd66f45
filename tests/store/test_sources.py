"""Who polls what, and what is remembered about it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from advisor.model import Source, SourceState, Validators
from advisor.store import Check, LostLease, Store
from tests.store.conftest import HOUR, MINUTE, NOW, accept, claimed, incoming, report

FEEDS = [Source(f"feed-{n}", f"https://{n}.example/rss") for n in range(20)]


def test_a_source_never_polled_is_due_at_once_and_says_that_it_is_the_first_time(store: Store) -> None:
    store.sync_sources(FEEDS[:2], NOW)
    claims = store.claim_due(NOW, "me", MINUTE, 10)
    assert [(c.source_id, c.first_poll, c.state) for c in claims] == [
        ("feed-0", True, SourceState.NEW),
        ("feed-1", True, SourceState.NEW),
    ]


def test_a_source_that_is_to_be_asked_oftener_does_not_wait_out_its_old_interval(store: Store) -> None:
    seldom, often = replace(FEEDS[0], every=24 * HOUR), replace(FEEDS[0], every=MINUTE)
    store.sync_sources([seldom], NOW)
    (claim,) = store.claim_due(NOW, "me", MINUTE, 10)
    store.record_unchanged(claim, NOW, NOW + 24 * HOUR)
    store.sync_sources([seldom], NOW + MINUTE)
    assert store.claim_due(NOW + MINUTE, "me", MINUTE, 10) == []
    store.sync_sources([often], NOW + MINUTE)
    assert len(store.claim_due(NOW + MINUTE, "me", MINUTE, 10)) == 1


def test_a_claimed_source_is_not_due_for_others_until_its_lease_ends(store: Store) -> None:
    store.sync_sources(FEEDS[:1], NOW)
    (first,) = store.claim_due(NOW, "me", MINUTE, 10)
    assert store.claim_due(NOW + MINUTE / 2, "you", MINUTE, 10) == []
    (second,) = store.claim_due(NOW + MINUTE, "you", MINUTE, 10)
    assert second.fence == first.fence + 1


def test_who_lost_the_lease_writes_nothing(store: Store) -> None:
    old = claimed(store, owner="me")
    new = claimed(store, owner="you", now=NOW + HOUR)
    assert not store.record_unchanged(old, NOW + HOUR, NOW + HOUR)
    assert not store.record_failure(old, SourceState.DEAD, "404", NOW + HOUR, NOW + HOUR)
    with pytest.raises(LostLease, match="bbc"):
        accept(store, report(), claim=old)
    assert store.alerts() == []
    assert store.known_articles("bbc", ["guid-bbc-12061200"]) == {}
    assert store.record_unchanged(new, NOW + HOUR, NOW + HOUR)


def test_two_who_give_the_same_name_do_not_share_a_claim(store: Store) -> None:
    old = claimed(store, owner="me")
    claimed(store, owner="me", now=NOW + HOUR)
    assert not store.record_unchanged(old, NOW + HOUR, NOW + HOUR)


def test_a_failure_keeps_the_last_good_check_and_counts(store: Store) -> None:
    assert store.record_unchanged(claimed(store), NOW, NOW, validators=Validators(etag='"1"'))
    for n in (1, 2):
        claim = claimed(store, now=NOW + n * HOUR)
        assert store.record_failure(claim, SourceState.UNREACHABLE, "timed out", NOW + n * HOUR, NOW + n * HOUR)
    claim = claimed(store, now=NOW + 3 * HOUR)
    assert (claim.failures, claim.last_good, claim.first_poll) == (2, NOW, False)
    assert (claim.state, claim.state_since) == (SourceState.UNREACHABLE, NOW + HOUR)
    assert claim.validators == Validators(etag='"1"')
    assert store.counts(NOW).sources == {SourceState.UNREACHABLE: 1}


def test_the_next_poll_is_a_date_that_survives(url: str, opened: Callable[[str], Store]) -> None:
    first = opened(url)
    first.record_unchanged(claimed(first), NOW, NOW + HOUR)
    first.close()
    again = opened(url)
    assert again.claim_due(NOW + HOUR - MINUTE, "me", MINUTE, 10) == []
    assert len(again.claim_due(NOW + HOUR, "me", MINUTE, 10)) == 1


def test_a_source_that_left_the_configuration_rests_and_returns_with_its_state(store: Store) -> None:
    store.record_unchanged(claimed(store), NOW, NOW)
    store.sync_sources([], NOW)
    assert store.claim_due(NOW, "me", MINUTE, 10) == []
    assert store.sources() == []
    assert [row.watched for row in store.sources(watched_only=False)] == [False]
    store.sync_sources([Source("bbc", "https://bbc.example/rss")], NOW)
    (claim,) = store.claim_due(NOW, "me", MINUTE, 10)
    assert not claim.first_poll


def test_a_changed_address_is_due_at_once_without_the_old_validators(store: Store) -> None:
    store.record_unchanged(claimed(store), NOW, NOW + HOUR, validators=Validators(etag="x"), moved_to="https://m")
    store.sync_sources([Source("bbc", "https://new.example")], NOW)
    (claim,) = store.claim_due(NOW, "me", MINUTE, 10)
    assert (claim.validators, claim.moved_to) == (Validators(), None)


def test_the_longest_due_come_first(store: Store) -> None:
    store.sync_sources(FEEDS[:3], NOW)
    for delay, claim in zip((3, 1, 2), store.claim_due(NOW, "me", MINUTE, 10), strict=True):
        store.record_unchanged(claim, NOW, NOW + delay * MINUTE)
    claims = store.claim_due(NOW + HOUR, "me", MINUTE, 2)
    assert [claim.source_id for claim in claims] == ["feed-1", "feed-2"]


def test_an_orderly_stop_gives_everything_back(store: Store) -> None:
    claimed(store)
    store.release("me")
    assert len(store.claim_due(NOW, "you", MINUTE, 10)) == 1


def test_many_threads_never_claim_one_source_twice(url: str, opened: Callable[[str], Store]) -> None:
    stores = [opened(url) for _ in range(4)]
    stores[0].sync_sources(FEEDS, NOW)
    got: list[str] = []
    faults: list[BaseException] = []

    def work(store: Store, owner: str) -> None:
        try:
            while claims := store.claim_due(NOW, owner, MINUTE, 3):
                got.extend(claim.source_id for claim in claims)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            faults.append(error)

    threads = [threading.Thread(target=work, args=(store, f"w{n}")) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    # On PostgreSQL a worker may see a short batch while another holds the rest, and end early.
    rest = [claim.source_id for claim in stores[0].claim_due(NOW, "last", MINUTE, 100)]
    assert sorted(got + rest) == sorted(source.id for source in FEEDS)


def test_validators_come_with_the_items_they_cover(store: Store) -> None:
    claim = claimed(store)
    store.accept(
        claim,
        [incoming(report())],
        now=NOW,
        next_poll_at=NOW,
        decide=lambda *_: [],
        owe=lambda _: [],
        validators=Validators("e", "m", "s"),
        sentence="3 new",
        moved_to="https://elsewhere.example",
    )
    later = claimed(store, now=NOW + HOUR)
    assert later.validators == Validators("e", "m", "s")
    assert (later.last_item, later.sentence, later.moved_to) == (NOW, "3 new", "https://elsewhere.example")


def test_a_decision_that_fails_leaves_nothing_behind(store: Store) -> None:
    def broken(*_: object) -> list[object]:
        raise RuntimeError("in the middle")

    claim = claimed(store)
    with pytest.raises(RuntimeError):
        store.accept(claim, [incoming(report())], now=NOW, next_poll_at=NOW, decide=broken, owe=lambda _: [])  # type: ignore[arg-type]
    assert store.counts(NOW).articles == 0
    assert store.sources()[0].last_good is None


def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="naive time"):
        store.claim_due(datetime(2024, 12, 6), "me", MINUTE, 1)  # noqa: DTZ001


def test_polls_that_brought_nothing_are_written_together_with_the_next_claim(store: Store) -> None:
    store.sync_sources(FEEDS[:3], NOW)
    plain, renewed, lost = store.claim_due(NOW, "me", MINUTE, 10)
    (other,) = [claim for claim in store.claim_due(NOW + MINUTE, "you", MINUTE, 10) if claim.source_id == "feed-2"]
    later = {"at": NOW, "next_poll_at": NOW + HOUR, "state": SourceState.UNCHANGED, "sentence": "as before"}
    plain, renewed = store.claim_due(NOW + 2 * MINUTE, "me", MINUTE, 2)
    checks = [
        Check(claim=plain, **later),
        Check(claim=renewed, validators=Validators(etag='"2"'), **later),
        Check(claim=lost, **later),
    ]
    assert store.claim_due(NOW + 2 * MINUTE, "me", MINUTE, 0, checks) == []
    first, second, third = store.sources()
    assert [(row.state, row.last_good, row.sentence) for row in (first, second)] == [
        (SourceState.UNCHANGED, NOW, "as before")
    ] * 2
    assert (third.state, third.last_good) == (SourceState.NEW, None)
    assert store.record_unchanged(other, NOW, NOW + HOUR)
    claims = store.claim_due(NOW + HOUR, "me", MINUTE, 10)
    assert [claim.validators.etag for claim in claims] == [None, '"2"', None]


def test_a_check_that_brought_nothing_keeps_validators_and_where_the_source_moved_to(store: Store) -> None:
    store.record_unchanged(claimed(store), NOW, NOW, validators=Validators(etag="x"), moved_to="https://m")
    claim = claimed(store)
    check = Check(claim=claim, at=NOW, next_poll_at=NOW, state=SourceState.UNCHANGED, sentence="")
    (again,) = store.claim_due(NOW, "me", MINUTE, 10, [check])
    assert (again.validators, again.moved_to) == (Validators(etag="x"), "https://m")


def test_only_those_that_failed_or_whose_state_says_more_are_in_trouble(store: Store) -> None:
    store.sync_sources(FEEDS[:5], NOW)
    good, failed, cut, back, _new = store.claim_due(NOW, "me", MINUTE, 10)
    store.record_unchanged(good, NOW, NOW + HOUR)
    store.record_failure(failed, SourceState.UNREACHABLE, "no answer", NOW, NOW + HOUR)
    store.record_unchanged(cut, NOW, NOW + HOUR, state=SourceState.TRUNCATED)
    store.record_failure(back, SourceState.UNREACHABLE, "no answer", NOW, NOW + MINUTE)
    assert [row.id for row in store.sources(in_trouble=True)] == ["feed-1", "feed-2", "feed-3"]
    (back,) = [it for it in store.claim_due(NOW + MINUTE, "me", MINUTE, 10) if it.source_id == back.source_id]
    store.record_unchanged(back, NOW + MINUTE, NOW + HOUR)
    assert [row.id for row in store.sources(in_trouble=True)] == ["feed-1", "feed-2"]
    assert len(store.sources()) == 5


def test_what_a_clock_that_ran_ahead_put_off_is_due_wherever_it_is_looked_for(store: Store) -> None:
    store.sync_sources(FEEDS[:1], NOW)
    year = 365 * 24 * HOUR
    (claim,) = store.claim_due(NOW + year, "me", MINUTE, 10)
    store.record_unchanged(claim, NOW + year, NOW + year + HOUR)
    assert store.claim_due(NOW, "me", MINUTE, 10, ahead=False) == []
    assert len(store.claim_due(NOW, "me", MINUTE, 10)) == 1
