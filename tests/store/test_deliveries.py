"""Every owed message goes out, at least once, the most severe first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from advisor.correlate import decide
from advisor.model import Attempt, Delivery, Loudness, Message, Outcome, Owed, Severity
from advisor.store import DeliveryState, Store
from tests.store.conftest import DAY, HOUR, MINUTE, NOW, accept, claimed, incoming, report

DONE = Attempt(Outcome.DELIVERED, "accepted")
LATER = Attempt(Outcome.RETRY, "503")


def owed(store: Store, pair: str = "RU-SY", severity: str = "severe", *, receivers: tuple[str, ...] = ("ops",)) -> None:
    accept(store, report(pair=pair, severity=severity, article=pair), receivers=receivers)


def claim(store: Store, *, hours: float = 0, owner: str = "me", limit: int = 9) -> list[Delivery]:
    return store.claim_deliveries(NOW + hours * HOUR, owner, MINUTE, limit)


def test_the_most_severe_goes_first_and_then_the_oldest(store: Store) -> None:
    for pair, severity in (("US-SY", "moderate"), ("GB-SY", "extreme"), ("FR-SY", "moderate")):
        owed(store, pair, severity)
    order = []
    while found := claim(store):
        (delivery,) = found
        order.append(delivery.changes[0].alert.issuer)
        store.finish_attempt(delivery, DONE, NOW)
    assert order == ["GB", "US", "FR"]


def test_a_receiver_gets_one_at_a_time_and_a_busy_one_holds_up_nobody_else(store: Store) -> None:
    owed(store, "US-SY", receivers=("ops", "duty"))
    owed(store, "GB-SY", receivers=("ops", "duty"))
    assert sorted(d.receiver for d in claim(store)) == ["duty", "ops"]
    assert claim(store) == []


def test_rendered_words_are_kept_for_every_further_attempt(store: Store) -> None:
    owed(store)
    (first,) = claim(store)
    assert first.frozen is None
    assert store.begin_attempt(first, NOW, Message("SYRIA: leave", "Russia ..."))
    assert store.finish_attempt(first, LATER, NOW, NOW + MINUTE)
    assert claim(store) == [], "not before its time"
    (second,) = claim(store, hours=1)
    assert second.frozen == Message("SYRIA: leave", "Russia ...")
    assert [(a.outcome, a.sentence) for a in second.attempts] == [(Outcome.RETRY, "503")]
    assert not second.ambiguous


def test_a_crash_after_the_send_began_is_known_to_be_ambiguous(store: Store) -> None:
    owed(store)
    (first,) = claim(store)
    store.begin_attempt(first, NOW)
    (second,) = claim(store, hours=1, owner="after the crash")
    assert second.ambiguous
    assert [a.outcome for a in second.attempts] == [Outcome.AMBIGUOUS]


def test_a_crash_before_the_send_is_not_ambiguous(store: Store) -> None:
    owed(store)
    assert len(claim(store)) == 1
    (second,) = claim(store, hours=1)
    assert (second.ambiguous, second.attempts) == (False, ())


def test_who_lost_the_lease_neither_sends_nor_writes(store: Store) -> None:
    owed(store)
    (old,) = claim(store)
    (new,) = claim(store, hours=1, owner="you")
    assert not store.begin_attempt(old, NOW + HOUR, Message("t", "b"))
    assert not store.finish_attempt(old, DONE, NOW + HOUR)
    assert store.begin_attempt(new, NOW + HOUR)
    assert store.finish_attempt(new, DONE, NOW + HOUR)
    assert not store.finish_attempt(new, DONE, NOW + HOUR)


def test_every_end_is_kept_with_its_sentence(store: Store) -> None:
    ends = {
        "ops": (Attempt(Outcome.REFUSED, "chat not found"), DeliveryState.REFUSED),
        "duty": (Attempt(Outcome.AMBIGUOUS, "timed out"), DeliveryState.AMBIGUOUS),
        "third": (LATER, DeliveryState.FAILED),
        "fourth": (DONE, DeliveryState.DELIVERED),
    }
    owed(store, receivers=tuple(ends))
    for delivery in claim(store):
        store.begin_attempt(delivery, NOW)
        store.finish_attempt(delivery, ends[delivery.receiver][0], NOW + MINUTE)
    for row in store.deliveries():
        attempt, state = ends[row.receiver]
        assert (row.state, row.state_since) == (state, NOW + MINUTE)
        assert [a.sentence for a in row.attempts] == [attempt.sentence]
    assert sum(store.counts(NOW).deliveries.values()) == 4
    assert store.counts(NOW).oldest_owed is None


def test_every_receiver_has_a_state_that_a_person_can_see(store: Store) -> None:
    owed(store, receivers=("duty", "ops"))
    for delivery in claim(store):
        store.begin_attempt(delivery, NOW)
        store.finish_attempt(delivery, DONE if delivery.receiver == "ops" else LATER, NOW, NOW + HOUR)
    duty, ops = store.receivers()
    assert (duty.name, duty.owed, duty.oldest_owed, duty.last_delivered) == ("duty", 1, NOW, None)
    assert duty.last_attempt is not None
    assert duty.last_attempt.outcome is Outcome.RETRY
    assert (ops.name, ops.owed, ops.oldest_owed, ops.last_delivered) == ("ops", 0, None, NOW)


def test_an_ambiguous_attempt_may_stay_owed_and_stays_marked(store: Store) -> None:
    owed(store)
    (first,) = claim(store)
    store.finish_attempt(first, Attempt(Outcome.AMBIGUOUS, "timed out"), NOW, NOW + MINUTE)
    (second,) = claim(store, hours=1)
    assert second.ambiguous


def test_a_message_that_takes_its_sender_down_goes_behind_the_others(store: Store) -> None:
    owed(store, "US-SY", "extreme")
    owed(store, "GB-SY", "minor")
    for hours in (0, 1):
        (poison,) = claim(store, hours=hours)
        assert poison.changes[0].alert.issuer == "US"
    (other,) = claim(store, hours=2)
    assert other.changes[0].alert.issuer == "GB"
    store.finish_attempt(other, DONE, NOW + 2 * HOUR)
    (poison,) = claim(store, hours=3)
    assert poison.changes[0].alert.issuer == "US"


def test_an_ended_delivery_can_be_sent_again_with_the_same_words(store: Store) -> None:
    owed(store)
    (first,) = claim(store)
    store.begin_attempt(first, NOW, Message("t", "b"))
    assert not store.resend(first.id, NOW), "still owed"
    store.finish_attempt(first, DONE, NOW)
    assert store.resend(first.id, NOW + HOUR)
    (again,) = claim(store, hours=1)
    assert again.frozen == Message("t", "b")
    assert not store.resend(4711, NOW)


def test_a_fallback_receiver_is_owed_the_same_message_once(store: Store) -> None:
    owed(store, severity="extreme")
    (first,) = claim(store)
    assert store.hand_on(first.id, "boss", Loudness.WAKE, NOW)
    assert not store.hand_on(first.id, "boss", Loudness.WAKE, NOW)
    assert not store.hand_on(first.id, "ops", Loudness.WAKE, NOW)
    (copy,) = claim(store)
    assert (copy.receiver, copy.message_id, copy.severity) == ("boss", first.message_id, Severity.EXTREME)
    assert copy.changes == first.changes


def test_an_operator_message_is_told_once_until_its_matter_is_over(store: Store) -> None:
    text = "GB has no working source"
    assert store.owe_operator(text, "issuer:GB", NOW, ["operator"])
    assert not store.owe_operator(text, "issuer:GB", NOW + HOUR, ["operator"])
    (delivery,) = claim(store)
    assert (delivery.text, delivery.changes) == (text, ())
    store.finish_attempt(delivery, DONE, NOW)
    assert store.clear_operator("issuer:GB", NOW + HOUR, "GB is read again")
    assert not store.clear_operator("issuer:GB", NOW + HOUR, "GB is read again")
    (recovered,) = claim(store, hours=1)
    assert (recovered.text, recovered.receiver) == ("GB is read again", "operator")
    assert store.owe_operator(text, "issuer:GB", NOW + DAY, ["operator"])
    assert store.deliveries(receiver="operator", limit=1)[0].title == text


def test_pruning_does_not_tell_the_operator_again_what_still_holds(store: Store) -> None:
    store.owe_operator("down", "k", NOW, ["operator"])
    (delivery,) = claim(store)
    store.finish_attempt(delivery, DONE, NOW)
    store.prune(NOW + 400 * DAY, DAY)
    assert not store.owe_operator("down", "k", NOW + 400 * DAY, ["operator"])


def test_many_senders_never_hold_one_delivery_together(url: str, opened: Callable[[str], Store]) -> None:
    stores = [opened(url) for _ in range(4)]
    owed(stores[0], receivers=tuple(f"r{n}" for n in range(12)))
    got: list[int] = []
    faults: list[BaseException] = []

    def work(store: Store, owner: str) -> None:
        try:
            while found := claim(store, owner=owner, limit=2):
                got.extend(delivery.id for delivery in found)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            faults.append(error)

    threads = [threading.Thread(target=work, args=(store, f"w{n}")) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got += [delivery.id for delivery in claim(stores[0], limit=99)]
    assert not faults
    assert len(got) == len(set(got)) == 12


def test_a_silence_that_is_ended_lets_go_what_it_held(store: Store) -> None:
    silence = store.add_silence({"destination": ["SY"]}, NOW + DAY, NOW)
    held = [Owed("ops", Loudness.WAKE, (), NOW + DAY)]
    store.accept(
        claimed(store), [incoming(report())], now=NOW, next_poll_at=NOW,
        decide=lambda reports, alerts, taken: decide(reports, alerts, NOW, taken=taken),
        owe=lambda told: [replace(item, changes=tuple(told)) for item in held],
    )  # fmt: skip
    assert claim(store, hours=1) == []
    assert store.expire_silence(silence.id, NOW + HOUR)
    assert [delivery.receiver for delivery in claim(store, hours=1)] == ["ops"]


def test_after_another_run_of_the_machine_what_is_owed_may_have_arrived(store: Store) -> None:
    store.started("monday")
    accept(store, report())
    store.started("monday")
    (delivery,) = store.claim_deliveries(NOW, "me", MINUTE, 9)
    assert not delivery.ambiguous
    store.release("me")
    store.started("tuesday")
    (delivery,) = store.claim_deliveries(NOW, "me", MINUTE, 9)
    assert delivery.ambiguous
