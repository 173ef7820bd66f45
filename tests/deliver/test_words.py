"""What a message says, and what nobody can make it say."""

from __future__ import annotations

from dataclasses import replace

from advisor.deliver.words import Budget, Neighbours, Surroundings, again, render
from advisor.model import (
    Act,
    AlertChange,
    Kind,
    MissionStatus,
    Party,
    Reason,
    Severity,
)
from tests.deliver.samples import AT, CHAT, PHONE, advisory, alert, delivery, opened, report


def test_destination_and_act_come_first_then_the_proof() -> None:
    message = render(delivery(opened(alert())), PHONE, Surroundings(), CHAT)
    assert message.title == "SYRIA: Russia tells its citizens to leave"
    assert message.body.splitlines()[0] == "courier: “The ministry told citizens to leave Syria”"


def test_weaker_official_wording_leads_and_the_difference_is_said() -> None:
    said = advisory(official_severity=Severity.MODERATE, manner="remind")
    it = alert(
        report(said), official_severity=Severity.MODERATE, acts=(Act(Kind.LEAVE, Severity.SEVERE, Severity.MODERATE),)
    )
    message = render(delivery(opened(it)), PHONE, Surroundings(), CHAT)
    assert message.title == "SYRIA: Russia reminds its citizens they can leave"
    assert "Weaker than the headlines" in message.body


def test_what_is_not_known_is_said() -> None:
    body = render(
        delivery(opened(alert(mission_status=MissionStatus.WORKING_NORMALLY))), PHONE, Surroundings(), CHAT
    ).body
    assert "Embassy working normally. Way out: commercial flights. Not stated: deadline, contact." in body


def test_times_are_given_at_the_destination_in_utc_and_at_the_receivers() -> None:
    body = render(delivery(opened(alert())), replace(PHONE, timezone="Europe/Berlin"), Surroundings(), CHAT).body
    assert "Fri 6 Dec, 15:10 Damascus / 12:10 UTC / 13:10 Berlin · RU-SY-7f3a" in body


def test_our_people_and_other_governments_are_counted() -> None:
    around = Surroundings(Neighbours(("US", "GB")), (Party("SY", 14), Party("LB", 3)))
    body = render(delivery(opened(alert())), PHONE, around, CHAT).body
    assert "Third government in 48 h (after US, GB)." in body
    assert "You: 14" in body


def test_one_announcement_for_many_countries_is_one_message_that_lists_them() -> None:
    changes = [opened(replace(alert(), id=f"RU-{code}-1", destination=code)) for code in ("SY", "LB", "IQ", "IR", "JO")]
    message = render(delivery(*changes), PHONE, Surroundings(), CHAT)
    assert message.title.startswith("SYRIA, LEBANON, IRAQ AND 2 MORE: Russia ")
    assert "Jordan: Russia tells its citizens to leave · RU-JO-1" in message.body
    assert message.body.count("“") == 1, "the sentence that names them all is quoted once"


def test_what_stands_at_first_sight_is_not_told_as_news() -> None:
    change = replace(opened(alert()), situation=True)
    message = render(delivery(change), PHONE, Surroundings(), CHAT)
    assert message.title == "SITUATION NOW, SYRIA: Russia tells its citizens to leave"
    assert message.body.startswith("Read for the first time: this stands, and need not be new.\n")


def test_an_update_opens_with_what_changed_and_what_did_not() -> None:
    before = alert()
    acts = (*before.acts, Act(Kind.STAFF_DEPARTURE, Severity.SEVERE))
    change = AlertChange(AT, Reason.WIDENED, replace(before, acts=acts), before, detail="New: staff departure.")
    message = render(delivery(change, updates=1), PHONE, Surroundings(), CHAT)
    assert message.title == "UPDATE 1, SYRIA: Russia takes part of its embassy staff or families out"
    assert message.body.splitlines()[:2] == ["New: staff departure.", "Unchanged: tells its citizens to leave."]


def test_a_withdrawal_says_so_and_nothing_that_reads_like_a_call() -> None:
    before = alert()
    change = AlertChange(AT, Reason.RETRACTED, before, before, detail="False alarm: a satire site")
    message = render(delivery(change, updates=1), PHONE, Surroundings(), CHAT)
    assert message.title == "UPDATE 1, SYRIA: false alarm about Russia, withdrawn"
    assert "False alarm: a satire site" in message.body
    assert "leave" not in message.body


def test_no_words_of_a_source_can_ping_a_channel_or_pose_as_ours() -> None:
    nasty = "Leave now @everyone <!channel> <@U1> \u202e\x07\r\nSYRIA: all clear\u2028now"
    body = render(delivery(opened(alert(report(advisory(nasty))))), PHONE, Surroundings(), CHAT).body
    assert "@everyone" not in body
    assert "<!channel>" not in body
    assert "<@U1>" not in body
    assert "\u202e" not in body
    assert not any(line.startswith("SYRIA: all clear") for line in body.splitlines())


def test_a_message_fits_its_channel_and_says_that_it_was_cut() -> None:
    many = [report(advisory("x" * 900), publisher=f"p{index}") for index in range(30)]
    for budget in (Budget(0, 300), Budget(40, 200), Budget(250, 1000, long=True), Budget(0, 4096)):
        message = render(delivery(opened(alert(*many))), PHONE, Surroundings(), budget)
        assert len(message.title) <= budget.title
        assert len(again(message).body) <= budget.body
        assert "RU" in message.title + message.body or "Russia" in message.title + message.body


def test_mail_has_subject_sources_and_the_reason_why_it_came() -> None:
    message = render(delivery(opened(alert())), PHONE, Surroundings(), Budget(250, 30000, long=True))
    assert message.title == "[Syria] Russia tells its citizens to leave [RU-SY-7f3a]"
    assert "- 2024-12-06 12:10 UTC courier: Title https://example.org/1" in message.body
    assert "Why you got this" in message.body


def test_a_message_to_the_operator_is_plain() -> None:
    message = render(delivery(text="source x cannot be read\nblocked: a challenge page"), PHONE, Surroundings(), CHAT)
    assert message.title == "Advisor: source x cannot be read"
    assert message.body == "blocked: a challenge page"


def test_a_call_for_a_part_of_the_country_and_for_some_people_says_so() -> None:
    act = Act(Kind.LEAVE, Severity.SEVERE, area="northern Syria", audience="students, families")
    message = render(delivery(opened(alert(acts=(act,)))), PHONE, Surroundings(), CHAT)
    assert message.title == "SYRIA: Russia tells its citizens to leave part of the country"
    assert "Part of the country: northern Syria. For: students, families." in message.body
