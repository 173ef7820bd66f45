"""What a register tells and when: levels that hold, calls in texts, and the breakers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from advisor.correlate.register_reports import advisories_of
from advisor.correlate.registers import Comparison, Sight, compare, waiting
from advisor.model import Advisory, Evidence, Kind, Severity
from advisor.model.register import Entry, Held, Level, Move

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = [f"{first}{second}" for first in "ABCD" for second in "ABCDEFGHIJ"]  # forty countries


class Register:
    """A register as it is seen from poll to poll."""

    def __init__(self, *, complete: bool = True, announces: bool = False) -> None:
        self.held: dict[str, Held] = {}
        self.ways = {"complete": complete, "announces": announces}
        self.read = False

    def poll(self, at: datetime, *sights: Sight, moved: bool = False) -> Comparison:
        found = compare(sights, self.held, at, first=not self.read, moved=moved, **self.ways)
        self.read = True
        self.held |= {item.country: item for item in found.held}
        return found

    def told(self, at: datetime, *sights: Sight, moved: bool = False) -> list[tuple[str, list[str]]]:
        """Country and kinds of every finding that is news."""
        findings = [finding for finding in self.poll(at, *sights, moved=moved).findings if not finding.baseline]
        return [
            (finding.entry.country, [str(said.kind) for said in advisories_of(finding, "US", Severity.EXTREME)])
            for finding in findings
        ]


def act(kind: Kind, country: str = "ML", severity: Severity = Severity.SEVERE) -> Advisory:
    return Advisory("US", country, kind, severity, ())


def sight(
    country: str, whole: int | None, part: int = 1, *acts: Advisory, text: str = "", known: bool = False,
    move: Move | None = None, dated: datetime | None = None,
) -> Sight:  # fmt: skip
    level = None if whole is None else Level(whole, max(whole, part))
    entry = Entry(country, f"{country} - Level {whole}", text, level, f"Level {whole}", move=move, published=dated)
    return Sight(entry, f"{country} {text}", acts, known)


def calm(*changed: Sight, level: int = 1) -> list[Sight]:
    """All forty countries, some of them otherwise."""
    other = {item.entry.country: item for item in changed}
    return [other.get(name, sight(name, level)) for name in MANY]


def test_the_first_sight_of_a_register_tells_no_level_as_news() -> None:
    register = Register()
    found = register.poll(NOON, sight("ML", 4), sight("NE", 3), sight("FR", 1))
    assert [(finding.entry.country, finding.baseline) for finding in found.findings] == [("ML", True), ("NE", True)]


def test_a_raised_level_is_told_once_it_holds_for_an_hour() -> None:
    register = Register()
    register.poll(NOON, *calm())
    raised = calm(sight("AB", 4))
    assert register.told(NOON + HOUR, *raised) == []
    assert waiting(register.held)
    assert register.told(NOON + HOUR * 1.5, *raised) == []
    assert register.told(NOON + HOUR * 2, *raised) == [("AB", ["do_not_travel"])]
    assert register.told(NOON + HOUR * 9, *raised) == []
    assert not waiting(register.held)


def test_level_three_is_reconsider_and_lower_moves_are_recorded_only() -> None:
    register = Register()
    register.poll(NOON, *calm())
    changed = calm(sight("AB", 3), sight("AC", 2))
    register.poll(NOON + HOUR, *changed)
    assert register.told(NOON + HOUR * 2, *changed) == [("AB", ["reconsider_travel"])]
    assert register.held["AC"].level == Level(2, 2)


def test_a_one_day_placeholder_is_never_told_neither_down_nor_up_again() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 4)))
    assert register.told(NOON + DAY, *calm(sight("AB", 1))) == []
    assert register.told(NOON + DAY * 1.9, *calm(sight("AB", 1))) == []
    assert register.told(NOON + DAY * 2, *calm(sight("AB", 4))) == []
    assert register.told(NOON + DAY * 3, *calm(sight("AB", 4))) == []
    assert register.held["AB"].level == Level(4, 4)


def test_a_fall_to_the_lowest_level_is_told_after_two_days() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 4)))
    for hours in (24, 48, 71):
        assert register.told(NOON + HOUR * hours, *calm(sight("AB", 1))) == []
    assert register.told(NOON + HOUR * 72, *calm(sight("AB", 1))) == [("AB", ["easing"])]


def test_a_fall_tells_what_is_left() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 4)))
    register.poll(NOON + HOUR, *calm(sight("AB", 3, 4)))
    told = register.told(NOON + HOUR * 2, *calm(sight("AB", 3, 4)))
    assert told == [("AB", ["easing", "reconsider_travel", "do_not_travel"])]


def test_two_copies_that_take_turns_tell_nothing() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 3)))
    for day in range(1, 20):
        assert register.told(NOON + DAY * day, *calm(sight("AB", 3 if day % 2 else 2))) == []


def test_a_level_that_returns_soon_after_it_moved_must_hold_longer() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 3)))
    register.poll(NOON + HOUR, *calm(sight("AB", 2)))
    assert register.told(NOON + HOUR * 2, *calm(sight("AB", 2))) == [("AB", ["easing"])]
    register.poll(NOON + HOUR * 3, *calm(sight("AB", 3)))
    assert register.told(NOON + HOUR * 20, *calm(sight("AB", 3))) == []
    assert register.told(NOON + HOUR * 51, *calm(sight("AB", 3))) == [("AB", ["reconsider_travel"])]


def test_a_part_stays_a_part() -> None:
    register = Register()
    register.poll(NOON, *calm())
    register.poll(NOON + HOUR, *calm(sight("AB", 1, 4)))
    (finding,) = register.poll(NOON + HOUR * 2, *calm(sight("AB", 1, 4))).findings
    (said,) = advisories_of(finding, "US", Severity.EXTREME)
    assert (said.kind, said.area) == (Kind.DO_NOT_TRAVEL, "parts of the country")


def test_a_part_that_becomes_the_whole_is_told() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 1, 4)))
    register.poll(NOON + HOUR, *calm(sight("AB", 4)))
    (finding,) = register.poll(NOON + HOUR * 2, *calm(sight("AB", 4))).findings
    assert [said.area for said in advisories_of(finding, "US", Severity.EXTREME)] == [None]


def test_absence_announces_nothing() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 4)))
    without = [item for item in calm() if item.entry.country != "AB"]
    assert register.told(NOON + DAY * 3, *without) == []
    assert register.told(NOON + DAY * 9, *calm(sight("AB", 4))) == []


def test_a_new_call_in_the_text_is_told_at_once_with_the_level_that_came_along() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 2, text="calm"), sight("NE", 1))
    ordered = act(Kind.STAFF_DEPARTURE)
    told = register.told(NOON + HOUR, sight("ML", 3, 1, ordered, text="ordered to leave"), sight("NE", 1))
    assert told == [("ML", ["staff_departure", "reconsider_travel"])]


def test_a_call_that_stands_in_the_text_is_told_once_however_often_the_text_is_edited() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 4, text="calm"))
    ordered = act(Kind.STAFF_DEPARTURE)
    assert register.told(NOON + HOUR, sight("ML", 4, 1, ordered, text="ordered")) == [("ML", ["staff_departure"])]
    assert register.told(NOON + DAY, sight("ML", 4, 1, ordered, text="ordered, comma moved")) == []
    assert register.told(NOON + DAY * 2, sight("ML", 4, 1, text="calm", known=True)) == []
    assert register.told(NOON + DAY * 3, sight("ML", 4, 1, ordered, text="ordered", known=True)) == []


def test_a_call_that_was_gone_from_the_texts_for_long_is_new_when_it_comes_again() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered in March"))
    for day in range(1, 40):
        assert register.told(NOON + DAY * day, sight("ML", 4, text="calm", known=day > 1)) == []
    again = sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered in April")
    assert register.told(NOON + DAY * 40, again) == [("ML", ["staff_departure"])]


def test_time_in_which_nobody_looked_makes_no_call_new() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered"))
    edited = sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered, comma moved")
    assert register.told(NOON + DAY * 90, edited) == []


def test_a_call_in_both_copies_of_a_page_is_not_forgotten_while_one_of_them_is_shown() -> None:
    register = Register()
    ordered = act(Kind.STAFF_DEPARTURE)
    register.poll(NOON, sight("ML", 4, text="calm"))
    assert register.told(NOON + HOUR, sight("ML", 4, 1, ordered, text="the old copy")) == [("ML", ["staff_departure"])]
    assert register.told(NOON + DAY, sight("ML", 4, 1, ordered, text="the new copy")) == []
    for day in range(2, 40):
        assert register.told(NOON + DAY * day, sight("ML", 4, text="the old copy", known=True)) == []
    assert register.told(NOON + DAY * 40, sight("ML", 4, 1, ordered, text="the old copy, comma moved")) == []


def test_polls_that_see_the_level_only_make_no_call_new() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered"))
    for day in range(1, 40):
        assert register.told(NOON + DAY * day, sight("ML", 4, known=True)) == []
    assert register.told(NOON + DAY * 40, sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered, comma")) == []


def test_a_stronger_call_is_told_again() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE, severity=Severity.MODERATE), text="authorised"))
    told = register.told(NOON + HOUR, sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered"))
    assert told == [("ML", ["staff_departure"])]


def test_lifting_ends_what_was_held_and_names_the_level_that_stays() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered"))
    lifted = sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), act(Kind.EASING), text="what was ordered is lifted")
    assert register.told(NOON + HOUR, lifted) == [("ML", ["easing", "do_not_travel"])]
    edited = sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), act(Kind.EASING), text="what was ordered is lifted.")
    assert register.told(NOON + DAY, edited) == []
    again = sight("ML", 4, 1, act(Kind.STAFF_DEPARTURE), text="ordered anew")
    assert register.told(NOON + DAY * 5, again) == [("ML", ["staff_departure"])]


def test_a_text_that_lifts_what_nobody_heard_of_is_no_news() -> None:
    register = Register()
    register.poll(NOON, sight("ML", 4, text="calm"))
    assert register.told(NOON + HOUR, sight("ML", 4, 1, act(Kind.EASING), text="services have resumed")) == []


def test_half_a_list_changed_at_once_is_held_back_and_never_told() -> None:
    register = Register()
    register.poll(NOON, *calm())
    found = register.poll(NOON + HOUR, *calm(level=3))
    assert "levels changed at once" in found.fault
    for hours in (2, 30, 50, 99):
        assert register.told(NOON + HOUR * hours, *calm(level=3)) == []
    assert register.held["AB"].level == Level(3, 3)
    assert register.held["AB"].pending is None


def test_a_mass_change_that_goes_back_leaves_no_trace() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 4)))
    register.poll(NOON + HOUR, *calm(level=3))
    register.poll(NOON + DAY, *calm(sight("AB", 4)))
    assert register.told(NOON + DAY * 5, *calm(sight("AB", 4))) == []
    assert {item.level for item in register.held.values()} == {Level(1, 1), Level(4, 4)}


def test_a_call_is_heard_although_the_levels_of_its_list_are_held_back() -> None:
    register = Register()
    register.poll(NOON, *[sight(name, 1, text="calm") for name in MANY])
    storm = [sight(name, 3, text="calm", known=True) for name in MANY[1:]]
    call = sight(MANY[0], 3, 1, act(Kind.LEAVE, MANY[0]), text="leave now")
    ((country, kinds),) = register.told(NOON + HOUR, call, *storm)
    assert (country, kinds[0]) == (MANY[0], "leave")


@pytest.mark.parametrize("kept", [0, 5, 19])
def test_a_list_that_lost_most_of_its_countries_is_not_believed(kept: int) -> None:
    register = Register()
    register.poll(NOON, *calm())
    found = register.poll(NOON + HOUR, *calm(sight(MANY[0], 4))[:kept])
    assert found.held == ()
    assert found.fault.startswith("lists only")


def test_a_list_without_levels_is_not_believed() -> None:
    register = Register()
    register.poll(NOON, *calm())
    assert "gives a level for only 0" in register.poll(NOON + HOUR, *[sight(name, None) for name in MANY]).fault


def test_a_list_at_a_new_address_is_no_news() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 4)))
    changed = calm(sight("AB", 2), sight("AC", 4))
    assert register.told(NOON + HOUR, *changed, moved=True) == []
    for hours in (2, 48, 60):
        assert register.told(NOON + HOUR * hours, *changed) == []
    assert register.held["AC"].level == Level(4, 4)


def test_a_new_country_in_a_list_of_warnings_is_news_in_a_list_of_all_it_is_first_seen() -> None:
    warnings, everything = Register(complete=False), Register()
    for register in (warnings, everything):
        register.poll(NOON, sight("ML", 4))
        register.poll(NOON + HOUR, sight("ML", 4), sight("RW", 3))
    both = [sight("ML", 4), sight("RW", 3)]
    assert warnings.told(NOON + HOUR * 2, *both) == [("RW", ["reconsider_travel"])]
    assert everything.told(NOON + HOUR * 2, *both) == []


def test_a_text_that_says_the_warning_was_sharpened_is_believed_at_once() -> None:
    register = Register(complete=False)
    register.poll(NOON, sight("ML", 3, text="before"))
    told = register.told(NOON + HOUR, sight("ML", 4, text="decided to sharpen", move=Move.RAISED))
    assert told == [("ML", ["do_not_travel"])]


def test_a_widened_warning_of_the_same_level_is_told_if_it_is_dated_anew() -> None:
    register = Register(complete=False)
    register.poll(NOON, sight("NG", 1, 4, text="three states", dated=NOON - DAY * 90))
    edited = sight("NG", 1, 4, text="three states, edited", move=Move.RAISED, dated=NOON - DAY * 90)
    assert register.told(NOON + HOUR, edited) == []
    widened = sight("NG", 1, 4, text="four states", move=Move.RAISED, dated=NOON + HOUR)
    assert register.told(NOON + HOUR * 2, widened) == [("NG", ["do_not_travel"])]


def decision(number: str, level: Level, move: Move, to: int | None = None, country: str = "IR") -> Sight:
    entry = Entry(country, f"danger information {number}", "text", level, "level", move=move, moved_to=to)
    return Sight(entry, number)


def test_a_decision_is_told_at_once_and_once_though_the_list_shows_it_for_days() -> None:
    register = Register(complete=False, announces=True)
    register.poll(NOON, decision("1", Level(2, 2), Move.KEPT, country="FR"))
    raised = decision("2", Level(4, 5), Move.RAISED, 4)
    assert register.told(NOON + HOUR, raised) == [("IR", ["do_not_travel"])]
    assert register.told(NOON + HOUR * 3, raised) == []
    assert register.told(NOON + HOUR * 5, decision("3", Level(5, 5), Move.RAISED, 5)) == [
        ("IR", ["do_not_travel", "leave"])
    ]


def test_a_decision_to_keep_a_level_tells_nothing_even_where_none_was_known() -> None:
    register = Register(complete=False, announces=True)
    register.poll(NOON, decision("1", Level(2, 2), Move.KEPT, country="FR"))
    assert register.told(NOON + HOUR, decision("2", Level(5, 5), Move.KEPT, country="UA")) == []
    assert register.held["UA"].level == Level(5, 5)


def test_daily_mails_that_repeat_the_call_of_the_level_are_silent() -> None:
    register = Register(complete=False, announces=True)
    register.poll(NOON, decision("1", Level(5, 5), Move.KEPT))
    mails = [
        Sight(Entry("IR", "mail", "leave now", notice=True), str(day), (act(Kind.LEAVE, "IR"),)) for day in range(30)
    ]
    for day, mail in enumerate(mails):
        assert register.told(NOON + DAY * (day + 1), mail) == []


def test_a_mail_with_a_call_is_told_once_where_the_level_says_nothing() -> None:
    register = Register(complete=False, announces=True)
    register.poll(NOON, decision("1", Level(3, 3), Move.KEPT, country="JO"))
    mails = [Sight(Entry("JO", "mail", "leave", notice=True), str(day), (act(Kind.LEAVE, "JO"),)) for day in range(40)]
    told = [register.told(NOON + DAY * (day + 1), mail) for day, mail in enumerate(mails)]
    assert told[0] == [("JO", ["leave"])]
    assert not any(told[1:])


def test_at_first_sight_of_a_stream_a_later_mail_does_not_hide_the_decision_before_it() -> None:
    register = Register(complete=False, announces=True)
    call = Sight(Entry("JO", "mail", "leave", notice=True), "2", (act(Kind.LEAVE, "JO"),))
    closed = Sight(Entry("JO", "closed on Monday", "", notice=True), "3")
    register.poll(NOON, decision("1", Level(4, 4), Move.RAISED, 4, country="JO"), call, closed)
    again = Sight(Entry("JO", "mail", "leave", notice=True), "4", (act(Kind.LEAVE, "JO"),))
    assert register.told(NOON + HOUR, again) == []
    lowered = decision("5", Level(2, 2), Move.LOWERED, 2, country="JO")
    assert register.told(NOON + HOUR * 2, lowered) == [("JO", ["easing"])]


def test_a_mail_that_restates_a_level_in_force_is_no_new_call_but_remembered() -> None:
    register = Register(complete=False, announces=True)
    register.poll(NOON, decision("1", Level(2, 2), Move.KEPT, country="FR"))
    restated = Entry("AF", "explosion", "leave", notice=True, stands=True)
    assert register.told(NOON + DAY, Sight(restated, "1", (act(Kind.LEAVE, "AF"),))) == []
    later = Entry("AF", "explosion", "leave", notice=True)
    assert register.told(NOON + DAY * 2, Sight(later, "2", (act(Kind.LEAVE, "AF"),))) == []


def test_where_dates_are_those_of_decisions_a_level_with_a_newer_one_is_believed_at_once() -> None:
    register = Register(complete=False)
    register.ways["decisions"] = True
    register.poll(NOON, sight("MZ", 1, 3, text="a", dated=NOON - DAY * 90))
    assert register.told(NOON + HOUR, sight("MZ", 3, text="b", dated=NOON)) == [("MZ", ["reconsider_travel"])]
    assert register.told(NOON + HOUR * 2, sight("MZ", 1, 3, text="c", dated=NOON)) == []  # an edit must hold
    assert register.told(NOON + HOUR * 3, sight("TD", 4, text="x", dated=NOON)) == [("TD", ["do_not_travel"])]
    assert register.told(NOON + HOUR * 4, sight("NE", 4, text="x", dated=NOON - DAY * 900)) == []


def test_a_rise_waits_on_although_the_old_copy_is_shown_in_between() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 2, text="old")))
    assert register.told(NOON + DAY, *calm(sight("AB", 3, text="new"))) == []
    assert register.told(NOON + DAY * 2, *calm(sight("AB", 2, text="old", known=True))) == []
    assert register.told(NOON + DAY * 3, *calm(sight("AB", 3, text="new", known=True))) == [
        ("AB", ["reconsider_travel"])
    ]


def test_the_old_copy_that_comes_back_for_days_is_no_fall_and_a_new_page_is() -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 2, text="old")))
    register.poll(NOON + DAY, *calm(sight("AB", 3, text="new")))
    register.poll(NOON + DAY * 2, *calm(sight("AB", 3, text="new", known=True)))
    for day in range(3, 9):
        assert register.told(NOON + DAY * day, *calm(sight("AB", 2, text="old", known=True))) == []
    register.poll(NOON + DAY * 9, *calm(sight("AB", 3, text="new", known=True)))
    assert register.told(NOON + DAY * 10, *calm(sight("AB", 2, text="newest"))) == []
    newest = sight("AB", 2, text="newest", known=True)  # as every look at a page after the first
    assert register.told(NOON + DAY * 11, *calm(newest)) == []
    assert register.told(NOON + DAY * 12, *calm(newest)) == [("AB", ["easing"])]


def test_a_level_that_was_left_and_comes_back_with_a_new_page_is_told_after_two_days_unless_copies_take_turns() -> None:
    def rises_again(*between: Sight) -> list[int]:
        register = Register()
        register.poll(NOON, *calm(sight("AB", 4, text="first")))
        register.poll(NOON + DAY, *calm(sight("AB", 3, text="calmer")))
        register.poll(NOON + DAY + HOUR, *calm(sight("AB", 3, text="calmer", known=True)))
        shown = [sight("AB", 4, text="war"), *between]
        days = [*shown, *[sight("AB", 4, text="war", known=True)] * (8 - len(shown))]
        return [day for day, it in enumerate(days) if register.told(NOON + DAY * (3 + day), *calm(it))]

    assert rises_again() == [2]
    assert rises_again(sight("AB", 3, text="calmer", known=True)) == [7]


@pytest.mark.parametrize(
    ("sentence", "news"),
    [
        ("On July 27, 2023, the Department ordered employees to leave.", False),
        ("In July 2023, the Department ordered employees to leave.", False),
        ("Sedan 2022 uppmanas svenskar att lämna landet.", False),
        ("On February 27, 2026, the Department ordered employees to leave.", True),
        ("The Department, which did so in 2023 already, on February 27, 2026 ordered employees to leave.", True),
        ("Leave now.", True),
    ],
)
def test_a_call_that_its_own_sentence_dates_long_ago_is_known_and_no_news(sentence: str, news: bool) -> None:
    register = Register()
    register.poll(NOON, *calm(sight("AB", 4, text="a")))
    dated = replace(act(Kind.STAFF_DEPARTURE, "AB"), evidence=(Evidence("sentence", sentence, 0, len(sentence), "x"),))
    told = register.told(NOON + DAY, *calm(sight("AB", 4, 1, dated, text="b")))
    assert told == ([("AB", ["staff_departure"])] if news else [])
    assert [held.kind for held in register.held["AB"].acts] == [Kind.STAFF_DEPARTURE]
