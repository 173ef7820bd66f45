"""What one poll brought is written at once, and nothing is told twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from advisor.correlate import correct, decide, retract
from advisor.model import (
    Advisory,
    AlertChange,
    Attempt,
    Delivery,
    Evidence,
    Kind,
    Loudness,
    Message,
    Outcome,
    Owed,
    Reason,
    Severity,
    SourceState,
)
from advisor.store import DeliveryState, Incoming, Store
from tests.store.conftest import DAY, HOUR, MINUTE, NOW, accept, claimed, incoming, report, to


def test_one_announcement_for_fifteen_countries_is_one_message(store: Store) -> None:
    codes = ["SY", "LB", "IQ", "IR", "YE", "JO", "IL", "EG", "LY", "SD", "ML", "NE", "TD", "CF", "SO"]
    changes = accept(store, incoming(*[report(pair=f"US-{code}", article="a") for code in codes]))
    assert len({change.message for change in changes}) == 1
    assert changes[0].message is not None
    (delivery,) = store.claim_deliveries(NOW, "me", MINUTE, 9)
    assert [change.alert.destination for change in delivery.changes] == codes
    assert len(store.alerts()) == 15


def test_what_was_stored_comes_back_as_it_was(store: Store) -> None:
    (change,) = accept(store, report(means=("charter flight",), deadline="by Friday", official_severity="moderate"))
    (alert,) = store.alerts()
    assert alert == change.alert
    assert store.alert(alert.id) == alert
    assert store.history(alert.id) == [change]
    assert alert.reports[0].advisory.evidence[0].quote == "Russian Embassy"


def test_known_articles_are_found_by_any_of_their_keys_with_their_digest(store: Store) -> None:
    accept(store, incoming(name="a", text="one", keys=("guid", "link")))
    known = store.known_articles("bbc", ["link", "other", *map(str, range(900))])
    assert {key: (item.id, item.digest) for key, item in known.items()} == {"link": ("a", "one")}
    assert store.known_articles("cnn", ["link"]) == {}


def test_a_changed_text_replaces_the_stored_one(store: Store) -> None:
    accept(store, incoming(report(article="a"), text="one", keys=("guid",)))
    accept(
        store,
        incoming(report(article="a", severity="extreme"), text="two", keys=("guid", "new")),
        now=NOW + HOUR,
    )
    (stored,) = store.articles_since(NOW)
    assert (stored.article.text, stored.first_seen, stored.changed_at) == ("two", NOW, NOW + HOUR)
    assert stored.advisories[0].severity is Severity.EXTREME
    assert store.known_articles("bbc", ["new"])["new"].id == "a"
    assert [change.reason for change in store.history(store.alerts()[0].id)] == [
        Reason.OPENED,
        Reason.ESCALATED,
    ]


def test_a_recalled_advisory_is_kept_with_its_article_and_opens_nothing(store: Store) -> None:
    evidence = (Evidence("issuer", "US", 0, 2, "r"),)
    recalled = Advisory("US", "SY", Kind.LEAVE, Severity.SEVERE, evidence, current=False)
    item = incoming(name="a")
    accept(store, Incoming("a", item.article, item.digest, (), (recalled,)))
    (stored,) = store.articles_since(NOW)
    assert stored.advisories == (recalled,)
    assert store.alerts() == []


def test_untold_changes_owe_nothing(store: Store) -> None:
    accept(store, report())
    (change,) = accept(store, report("ap"), now=NOW + MINUTE)
    assert (change.reason, change.message) == (Reason.CORROBORATED, None)
    assert len(store.deliveries()) == 1


def test_a_told_change_has_a_message_even_without_receivers(store: Store) -> None:
    (first,) = accept(store, report(), receivers=())
    (second,) = accept(store, report(kind="evacuation"), now=NOW + MINUTE, receivers=())
    assert first.message is not None
    assert second.message is not None
    assert first.message != second.message


def test_a_further_change_joins_a_message_that_nobody_has_looked_at(store: Store) -> None:
    (first,) = accept(store, report())
    (second,) = accept(
        store, report(kind="evacuation", severity="extreme", hours=1), now=NOW + HOUR, loudness=Loudness.WAKE
    )
    assert second.message == first.message
    (delivery,) = store.claim_deliveries(NOW + HOUR, "me", MINUTE, 9)
    assert [change.reason for change in delivery.changes] == [Reason.OPENED, Reason.ESCALATED]
    assert delivery.loudness is Loudness.WAKE
    assert [len(change.alert.reports) for change in delivery.changes] == [1, 2]
    assert [len(change.before.reports) if change.before else 0 for change in delivery.changes] == [0, 1]


def test_after_the_first_claim_a_further_change_is_a_message_of_its_own(store: Store) -> None:
    (first,) = accept(store, report())
    store.claim_deliveries(NOW, "me", MINUTE, 9)
    (second,) = accept(store, report(kind="evacuation", hours=1), now=NOW + HOUR)
    assert second.message != first.message
    (again, *_) = store.claim_deliveries(NOW + HOUR, "me", MINUTE, 9)
    assert len(store.deliveries()) == 2
    assert again.updates in (0, 1)


def test_a_change_joins_only_messages_about_the_same_alert(store: Store) -> None:
    accept(store, report())
    accept(store, report(pair="US-SY", article="x"), now=NOW + MINUTE)
    assert len(store.deliveries()) == 2


def test_a_digest_gathers_everything_and_a_wake_up_does_not_wait_in_it(store: Store) -> None:
    accept(store, report(), loudness=Loudness.DIGEST)
    accept(store, report(pair="US-SY", article="x"), now=NOW + MINUTE, loudness=Loudness.DIGEST)
    assert [row.alerts for row in store.deliveries()] == [tuple(sorted(a.id for a in store.alerts()))]
    accept(store, report(kind="evacuation", hours=1), now=NOW + HOUR, loudness=Loudness.WAKE)
    assert [row.loudness for row in store.deliveries()] == [Loudness.WAKE, Loudness.DIGEST]


def test_one_receiver_may_be_owed_the_situation_and_a_call_of_now_apart(store: Store) -> None:
    standing = [
        report("us", "do_not_travel", "moderate", pair=f"US-{code}", official=True, days=-99, article=code)
        for code in ("AF", "ML")
    ]
    first_sight = store.accept(
        claimed(store),
        [incoming(*standing, report("us", pair="US-LB", official=True), name="list")],
        now=NOW,
        next_poll_at=NOW,
        decide=lambda reports, alerts, taken: decide(reports, alerts, NOW, taken=taken, baseline=True),
        owe=lambda told: [
            Owed("ops", Loudness.NOTIFY, tuple(change for change in told if change.situation is situation))
            for situation in (False, True)
        ],
    ).changes
    messages = {change.alert.destination: change.message for change in first_sight}
    assert messages["AF"] == messages["ML"] != messages["LB"]
    assert sorted(len(row.alerts) for row in store.deliveries()) == [1, 2]


def test_two_who_accept_the_same_call_at_once_make_one_alert(url: str, opened: Callable[[str], Store]) -> None:
    stores = [opened(url) for _ in range(4)]
    claims = [claimed(store, f"paper-{n}") for n, store in enumerate(stores)]
    barrier = threading.Barrier(4)
    faults: list[BaseException] = []

    def work(n: int) -> None:
        try:
            barrier.wait()
            accept(stores[n], report(f"paper-{n}"), claim=claims[n])
        except BaseException as error:  # noqa: BLE001 - shown by the test
            faults.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    (alert,) = stores[0].alerts()
    assert len(alert.publishers) == 4
    told = [change.reason for change in stores[0].history(alert.id) if change.told]
    assert told == [Reason.OPENED]


def test_the_database_itself_refuses_a_second_open_alert(store: Store) -> None:
    from sqlalchemy.exc import IntegrityError

    accept(store, report())
    claim = claimed(store, now=NOW + MINUTE)
    with pytest.raises(IntegrityError):
        store.accept(
            claim,
            [incoming(report(article="b"))],
            now=NOW,
            next_poll_at=NOW,
            decide=lambda reports, _, taken: decide(reports, [], NOW, taken=taken),
            owe=to("ops"),
        )
    assert len(store.alerts()) == 1


def test_a_new_episode_closes_the_silent_one_in_the_same_transaction(store: Store) -> None:
    accept(store, report())
    later = NOW + 20 * DAY
    accept(store, report(at=later, article="b"), now=later)
    assert [(a.closed_by, a.opened_at) for a in store.alerts()] == [(None, later), ("silence", NOW)]
    assert [a.opened_at for a in store.alerts(open_only=True, issuer="RU", destination="SY")] == [later]
    assert store.counts(later).open_alerts == 1


def test_pruning_forgets_texts_but_opens_nothing_again(store: Store) -> None:
    accept(store, report("us-state", kind="do_not_travel", severity="moderate", official=True, article="level"))
    deliver_all(store)
    accept(store, report("ap", kind="do_not_travel", severity="moderate", article="ap"), now=NOW + MINUTE)
    later = NOW + 400 * DAY
    assert store.prune(later, 30 * DAY) == 2
    assert list(store.articles_since(NOW)) == []
    assert store.deliveries() == []
    assert "guid-level" in store.known_articles("bbc", ["guid-level"])
    repeated = report("us-state", kind="do_not_travel", severity="moderate", official=True, article="new", at=later)
    (change,) = accept(store, repeated, now=later)
    assert (change.reason, change.told) == (Reason.NOTHING_NEW, False)
    assert [change.reason for change in store.history(change.alert.id)] == [Reason.OPENED, Reason.NOTHING_NEW]


def test_pruning_keeps_what_is_owed(store: Store) -> None:
    accept(store, report())
    store.prune(NOW + 400 * DAY, 30 * DAY)
    (delivery,) = store.claim_deliveries(NOW + 400 * DAY, "me", MINUTE, 9)
    assert delivery.changes[0].reason is Reason.OPENED


def test_an_undated_article_is_never_forgotten(store: Store) -> None:
    from advisor.model import Dating

    accept(store, incoming(name="dated"), incoming(name="undated", dating=Dating.UNDATED))
    store.prune(NOW + 400 * DAY, 30 * DAY)
    assert set(store.known_articles("bbc", ["guid-dated", "guid-undated"])) == {"guid-undated"}


def deliver_all(store: Store) -> None:
    for delivery in store.claim_deliveries(NOW, "me", MINUTE, 99):
        store.begin_attempt(delivery, NOW)
        store.finish_attempt(delivery, Attempt(Outcome.DELIVERED, "ok"), NOW)


def test_a_false_alarm_is_told_to_exactly_those_who_were_told_as_loud(store: Store) -> None:
    (change,) = accept(store, report(), receivers=("ops", "duty"), loudness=Loudness.WAKE)
    deliver_all(store)
    accept(store, report(kind="evacuation"), now=NOW + MINUTE, receivers=("third",))
    taken_back = store.retract(change.alert.id, NOW + HOUR, lambda alert: retract(alert, "a film", NOW + HOUR))
    assert taken_back is not None
    assert taken_back.message is not None
    rows = [(row.receiver, row.state, row.loudness) for row in store.deliveries()]
    assert rows[:2] in (
        [("duty", DeliveryState.OWED, Loudness.WAKE), ("ops", DeliveryState.OWED, Loudness.WAKE)],
        [("ops", DeliveryState.OWED, Loudness.WAKE), ("duty", DeliveryState.OWED, Loudness.WAKE)],
    )
    assert rows[2] == ("third", DeliveryState.WITHDRAWN, Loudness.NOTIFY)
    assert store.alerts()[0].closed_by == "retracted"
    assert store.retract("XX-YY-0000", NOW, lambda alert: retract(alert, "", NOW)) is None


def owed(store: Store, at: datetime = NOW) -> Delivery:
    (delivery,) = store.claim_deliveries(at, "me", MINUTE, 9)
    return delivery


def withdraw(store: Store, alert_id: str) -> AlertChange:
    change = store.retract(alert_id, NOW + HOUR, lambda alert: retract(alert, "a film", NOW + HOUR))
    assert change is not None
    return change


def test_a_false_alarm_that_nobody_got_yet_is_neither_sent_nor_withdrawn_aloud(store: Store) -> None:
    (change,) = accept(store, report())
    delivery = owed(store)
    store.begin_attempt(delivery, NOW, Message("leave", "now"))
    store.finish_attempt(delivery, Attempt(Outcome.RETRY, "HTTP 500"), NOW, NOW + MINUTE)
    assert withdraw(store, change.alert.id).message is None
    assert store.claim_deliveries(NOW + DAY, "me", MINUTE, 9) == []


def test_a_false_alarm_that_may_have_arrived_is_not_sent_again_and_is_withdrawn(store: Store) -> None:
    (change,) = accept(store, report())
    delivery = owed(store)
    store.begin_attempt(delivery, NOW, Message("leave", "now"))
    store.finish_attempt(delivery, Attempt(Outcome.AMBIGUOUS, "no answer"), NOW, NOW + MINUTE)
    withdraw(store, change.alert.id)
    (left,) = store.claim_deliveries(NOW + DAY, "me", MINUTE, 9)
    assert [change.reason for change in left.changes] == [Reason.RETRACTED]


def test_a_false_alarm_withdrawn_while_it_is_sent_is_withdrawn_aloud_and_its_end_is_kept(store: Store) -> None:
    (change,) = accept(store, report())
    delivery = owed(store)
    store.begin_attempt(delivery, NOW, Message("leave", "now"))
    withdraw(store, change.alert.id)
    store.finish_attempt(delivery, Attempt(Outcome.DELIVERED, "accepted"), NOW + HOUR)
    states = {row.id: (row.state, [it.outcome for it in row.attempts]) for row in store.deliveries()}
    assert states[delivery.id] == (DeliveryState.DELIVERED, [Outcome.DELIVERED])
    assert [change.reason for change in owed(store, NOW + DAY).changes] == [Reason.RETRACTED]


def test_a_false_alarm_that_is_about_to_be_sent_is_not_begun(store: Store) -> None:
    (change,) = accept(store, report())
    delivery = owed(store)
    assert withdraw(store, change.alert.id).message is None
    assert not store.begin_attempt(delivery, NOW, Message("leave", "now"))


def test_a_message_about_two_alerts_is_worded_anew_when_one_of_them_is_withdrawn(store: Store) -> None:
    first, second = accept(store, report(), report(pair="RU-LB", article="b"))
    delivery = owed(store)
    store.begin_attempt(delivery, NOW, Message("leave both", "now"))
    store.finish_attempt(delivery, Attempt(Outcome.RETRY, "HTTP 500"), NOW, NOW + MINUTE)
    withdraw(store, first.alert.id)
    left = owed(store, NOW + DAY)
    assert left.frozen is None
    assert [change.alert.id for change in left.changes] == [second.alert.id]


def test_a_correction_keeps_the_alert_open(store: Store) -> None:
    (change,) = accept(store, report())
    deliver_all(store)
    store.retract(change.alert.id, NOW + HOUR, lambda alert: correct(alert, "the deadline is Friday", NOW + HOUR))
    (delivery,) = store.claim_deliveries(NOW + HOUR, "me", MINUTE, 9)
    assert [c.reason for c in delivery.changes] == [Reason.CORRECTED]
    assert delivery.updates == 1
    assert store.alerts()[0].closed_at is None


def test_who_has_it_is_remembered_through_further_reports(store: Store) -> None:
    (change,) = accept(store, report())
    assert store.acknowledge("XX-YY-0000", "Ana") is None
    store.acknowledge(change.alert.id, "Ana")
    accept(store, report("ap"), now=NOW + MINUTE)
    assert store.alerts()[0].acknowledged_by == "Ana"


def test_of_two_who_say_i_have_it_the_first_has_it_until_the_other_takes_it_over(store: Store) -> None:
    (change,) = accept(store, report())
    store.acknowledge(change.alert.id, "Ana")
    second = store.acknowledge(change.alert.id, "Ben")
    assert second is not None
    assert second.acknowledged_by == "Ana"
    store.acknowledge(change.alert.id, "Ben", instead=True)
    assert store.alerts()[0].acknowledged_by == "Ben"


def test_silences_end_by_time_or_by_hand(store: Store) -> None:
    matcher = {"destination": ["SY"], "kind": ["leave"]}
    first = store.add_silence(matcher, NOW + HOUR, NOW, "Ana", "drill")
    second = store.add_silence({}, NOW + 2 * HOUR, NOW)
    assert store.silences(NOW) == [first, second]
    assert first.matcher == matcher
    assert store.expire_silence(second.id, NOW + MINUTE)
    assert not store.expire_silence(second.id, NOW + MINUTE)
    assert store.silences(NOW + MINUTE) == [first]
    assert store.silences(NOW + HOUR) == []


def test_stored_articles_read_again_under_other_rules_open_what_was_missed(store: Store) -> None:
    accept(store, incoming(name="a"))
    (stored,) = store.articles_since(NOW - HOUR)
    again = Incoming(stored.id, stored.article, stored.digest, (report(article="a"),))
    (change,) = store.reconsider(
        [again],
        now=NOW + HOUR,
        decide=lambda r, a, taken: decide(r, a, NOW + HOUR, taken=taken),
        owe=to("ops"),
    )
    assert change.reason is Reason.OPENED
    assert store.counts(NOW).articles == 1
    assert store.counts(NOW).sources == {SourceState.FRESH: 1}


def test_reading_again_keeps_when_an_article_changed_and_spares_one_that_changed_meanwhile(store: Store) -> None:
    accept(store, incoming(name="a", text="one", keys=("a",)), incoming(name="b", text="two", keys=("b",)))
    assert store.read_under() is None
    found = [
        incoming(report(article="a"), text="one"),
        incoming(report(article="b", pair="US-ML"), text="older than two"),
    ]

    def decided(reports: object, alerts: object, taken: object) -> list[object]:
        return decide(reports, alerts, NOW + HOUR, taken=taken)  # type: ignore[arg-type, return-value]

    changes = store.reread(found, under="new rules", now=NOW + HOUR, decide=decided, owe=lambda _: [])  # type: ignore[arg-type]
    assert [change.alert.destination for change in changes] == ["SY"]
    assert store.read_under() == "new rules"
    assert {item.id: (item.changed_at, len(item.advisories)) for item in store.articles_since(NOW)} == {
        "a": (NOW, 1),
        "b": (NOW, 0),
    }
    assert [item.id for item in store.articles_since(NOW, page=1)] == ["a", "b"]
