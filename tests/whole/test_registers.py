"""Registers through the whole path: captured lists replayed, and lists polled by the real command."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from advisor.config.knowledge import knowledge
from advisor.config.settings import catalogue
from advisor.deliver.words import Surroundings, render
from advisor.detect import Detector
from advisor.model import AlertChange
from advisor.replay import Capture, captured_at, replay_captures
from tests.deliver.samples import CHAT, PHONE, delivery
from tests.read.test_register_reading import japan, mail
from tests.whole.test_path import advisor
from tests.whole.world import Answer, World

DAY = timedelta(days=1)
START = datetime(2026, 2, 1, tzinfo=UTC)
OTHERS = ["France", "Chile", "Ghana", "Japan", "Kenya", "Malta", "Nepal", "Oman", "Peru", "Samoa", "Togo", "Zambia"]
CALM, HIGH = "Level 1: Exercise Normal Precautions", "Level 4: Do Not Travel"
ORDERED = (
    "On February 2 the Department of State ordered non-emergency U.S. government employees and their family members "
    "to leave {country} due to safety risks."
)
LIFTED = (
    "Updated to reflect the lifting of ordered departure of non-emergency U.S. government personnel. Do not travel."
)


@cache
def detector() -> Detector:
    return Detector(knowledge(None))


def item(country: str, level: str = CALM, text: str = "", date: str = "Thu, 22 Aug 2024") -> str:
    return (
        f"<item><title>{country} - {level}</title><link>https://travel.example/{country}</link>"
        f"<pubDate>{date}</pubDate><description><![CDATA[{text or f'{country} is a fine country.'}]]></description></item>"
    )


def state(*items: str) -> str:
    """The list of all countries, some of them otherwise."""
    named = {text.split(" - ")[0].removeprefix("<item><title>") for text in items}
    rest = [item(country) for country in OTHERS if country not in named]
    return f'<rss version="2.0"><channel>{"".join([*items, *rest])}</channel></rss>'


def replayed(folder: Path, name: str, *bodies: str, step: timedelta = DAY) -> tuple[list[AlertChange], list[str]]:
    """What captured documents, a step apart, would have told; and what was said about them."""
    captures = []
    for number, body in enumerate(bodies):
        path = folder / f"{number:03}"
        path.write_text(body, encoding="utf-8")
        captures.append(Capture(START + step * number, path))
    source = next(source for source, _ in catalogue() if source.id == name)
    said: list[str] = []
    changes = list(replay_captures(captures, source, detector(), said=lambda at, words: said.append(words)))
    return changes, said


def told(changes: list[AlertChange]) -> list[tuple[str, str, list[str]]]:
    return [
        (str(change.reason), change.alert.destination, [str(kind) for kind in change.alert.kinds])
        for change in changes if change.message is not None
    ]  # fmt: skip


def test_a_list_seen_for_the_first_time_rings_for_nobody_but_is_known(tmp_path: Path) -> None:
    changes, _ = replayed(tmp_path, "us-state", state(item("Mali", HIGH), item("Iran", HIGH)))
    assert told(changes) == []
    assert {change.alert.destination for change in changes} == {"ML", "IR"}


def test_north_korea_is_not_raised_to_level_four_because_its_page_was_published_again(tmp_path: Path) -> None:
    held = state(item("North Korea", HIGH))
    glitch = state(item("North Korea", CALM, "Summary not available", "Mon, 02 Feb 2026"))
    changes, _ = replayed(tmp_path, "us-state", held, held, glitch, held, held, glitch, held)
    assert told(changes) == []


def test_a_real_rise_is_told_once_though_two_copies_take_turns_afterwards(tmp_path: Path) -> None:
    before, after = state(item("Kuwait")), state(item("Kuwait", "Level 3: Reconsider Travel", date="Mon, 02 Mar 2026"))
    other = state(item("Kuwait", "Level 3: Reconsider Travel", "Another copy of it.", "Thu, 22 Aug 2024"))
    changes, _ = replayed(tmp_path, "us-state", before, after, other, after, other, after)
    assert told(changes) == [("opened", "KW", ["reconsider_travel"])]


def test_a_list_that_dates_everything_today_tells_nothing(tmp_path: Path) -> None:
    today = [item(country, date="Tue, 03 Feb 2026") for country in OTHERS]
    changes, said = replayed(tmp_path, "us-state", state(item("Mali", HIGH)), state(item("Mali", HIGH), *today))
    assert told(changes) == []
    assert said == []


def test_staff_ordered_out_is_told_at_once_and_its_lifting_later(tmp_path: Path) -> None:
    ordered = state(item("Mali", HIGH, ORDERED.format(country="Mali")))
    lifted = state(item("Mali", HIGH, LIFTED))
    changes, _ = replayed(tmp_path, "us-state", state(item("Mali", HIGH)), ordered, ordered, lifted, lifted)
    assert [(reason, kinds) for reason, _, kinds in told(changes)] == [
        ("escalated", ["staff_departure"]), ("eased", ["do_not_travel", "easing"]),
    ]  # fmt: skip


def test_a_page_that_no_longer_warns_is_told_at_once_and_nothing_is_said_to_stand(tmp_path: Path) -> None:
    high = state(item("Mali", HIGH))
    ordered = state(item("Mali", HIGH, ORDERED.format(country="Mali")))
    calm = state(item("Mali", CALM, "The Department of State no longer advises against travel to Mali."))
    changes, _ = replayed(tmp_path, "us-state", high, ordered, ordered, calm, calm, calm, calm)
    (eased,) = [change for change in changes if change.message is not None and str(change.reason) == "eased"]
    assert eased.at == START + DAY * 3
    message = render(delivery(eased), PHONE, Surroundings(), CHAT)
    assert "no longer advises against travel" in message.body
    assert "stands" not in message.body
    assert "against all travel" not in message.body


def test_every_claim_of_a_level_quotes_the_list(tmp_path: Path) -> None:
    high = state(item("Ghana", HIGH))
    changes, _ = replayed(tmp_path, "us-state", state(), high, high)
    ((report,),) = [change.alert.reports for change in changes if change.message]
    assert report.advisory.quote("kind") == "Ghana - Level 4: Do Not Travel"
    assert report.link == "https://travel.example/Ghana"
    assert all(item.quote for item in report.advisory.evidence)


def test_the_push_quotes_the_list_and_says_that_a_part_is_a_part(tmp_path: Path) -> None:
    part = ("Togo - avrådan", "2026-02-03", "UD avråder från alla resor till regionen Savanes i Togo.")
    gone = ("Togo - borttagen avrådan", "2026-02-20", "UD avråder inte längre från resor till Togo.")
    lists = [
        sweden(("Mali - avrådan", "2026-01-01", "UD avråder från alla resor till Mali.")),
        sweden(part),
        sweden(part),
    ]
    changes, _ = replayed(tmp_path, "se-ud", *lists, sweden(gone))
    warned, eased = (
        render(delivery(change), PHONE, Surroundings(), CHAT) for change in changes if change.message is not None
    )
    assert warned.title == "TOGO: Sweden advises against all travel to part of the country"
    assert "Official: “UD avråder från alla resor till regionen Savanes i Togo." in warned.body
    assert eased.title == "TOGO: Sweden eases its advice"
    assert "Official: “UD avråder inte längre från resor till Togo" in eased.body
    assert "Unchanged" not in eased.body


def test_half_a_list_at_once_is_muted_and_said(tmp_path: Path) -> None:
    storm = state(*(item(country, HIGH) for country in OTHERS))
    changes, said = replayed(tmp_path, "us-state", state(), storm, storm, storm, storm)
    assert told(changes) == []
    assert "suspect, 12 levels changed at once" in said[0]


def test_an_empty_list_is_a_fault_and_what_was_held_stays_held(tmp_path: Path) -> None:
    held = state(item("Mali", HIGH))
    changes, said = replayed(tmp_path, "us-state", held, "[]", "{}", '<rss version="2.0"><channel/></rss>', held, held)
    assert told(changes) == []
    assert [words.split(", ")[0].split(": ")[1] for words in said] == ["empty", "empty", "empty"]


def sweden(*rows: tuple[str, str, str]) -> str:
    return json.dumps([
        {"title": title, "url": f"/{title}/", "published": date, "updated": None, "summary": text}
        for title, date, text in rows
    ])  # fmt: skip


def test_sweden_tells_people_to_leave_lifts_and_the_part_of_a_country_stays_a_part(tmp_path: Path) -> None:
    before = ("Mali - avrådan", "2026-01-01", "UD avråder från alla resor till Mali.")
    leave = (
        "Mali - avrådan", "2026-02-02",
        "UD uppmanar från och med den 2 februari 2026 svenskar i Mali att lämna landet. UD avråder från alla resor till Mali.",
    )  # fmt: skip
    part = ("Togo - avrådan", "2026-02-03", "UD avråder från alla resor till regionen Savanes i Togo.")
    gone = ("Togo - borttagen avrådan", "2026-02-20", "UD avråder inte längre från resor till regionen Savanes i Togo.")
    lists = [sweden(before), sweden(leave), sweden(leave, part), sweden(leave, part), sweden(leave, gone)]
    changes, _ = replayed(tmp_path, "se-ud", *lists, step=DAY * 4)
    assert told(changes) == [
        ("escalated", "ML", ["leave"]),
        ("opened", "TG", ["do_not_travel"]),
        ("eased", "TG", ["do_not_travel", "easing"]),
    ]
    (act,) = [act for change in changes if change.alert.destination == "TG" for act in change.alert.acts][:1]
    assert act.area == "UD avråder från alla resor till regionen Savanes i Togo"


def test_aircraft_that_japan_sends_are_told_once_for_each_country_however_many_mails_speak_of_them(
    tmp_path: Path,
) -> None:
    calm = mail("1", "R10", "0228", "年末年始の休館日", "休館日のお知らせ")
    survey = mail("2", "R10", "0233", "政府チャーター機への搭乗希望調査", "アクラを出発する予定です。回答期限: 明日")
    result = mail(
        "3", "R10", "0233", "日本政府チャーター機によるガーナからの出国", "ガーナを出国する便に搭乗してください。"
    )
    togo = mail("4", "R10", "0228", "政府手配のアクラへのバスについて", "集合場所: 大使館")
    bodies = (japan(calm), japan(calm, survey), japan(survey, result), japan(result, togo))
    changes, _ = replayed(tmp_path, "jp-mofa", *bodies)
    assert told(changes) == [("opened", "GH", ["evacuation"]), ("opened", "TG", ["evacuation"])]
    assert changes[0].alert.reports[0].advisory.quote("kind") == "政府チャーター"


def test_a_press_report_of_a_level_that_is_held_for_years_is_nothing_new(tmp_path: Path, world: World) -> None:
    world.answers["/list.xml"] = Answer(state(item("Mali", HIGH)).encode())
    file = settings(world, tmp_path, "/list.xml")
    assert advisor("poll", "--config", file).returncode == 0
    today = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    world.feed(
        "/courier/feed.xml",
        ("US: do not travel to Mali", "The US State Department said: do not travel to Mali.", today),
    )
    both = file.read_text(encoding="utf-8").replace("fetch:", f"  - feed: {world.address}/courier/feed.xml\nfetch:")
    file.write_text(both, encoding="utf-8")
    assert advisor("poll", "--config", file).returncode == 0
    assert world.pushes == []


def settings(world: World, folder: Path, path: str, receivers: tuple[str, ...] = ("phone",)) -> Path:
    file = world.settings(folder, "/unused", receivers=receivers)
    text = file.read_text(encoding="utf-8")
    begin, end = text.index("sources:"), text.index("fetch:")
    source = (
        f'sources:\n  - {{register: us-state, url: "{world.address}{path}", official: US, publisher: us, every: 1s}}\n'
    )
    file.write_text(text[:begin] + source + text[end:], encoding="utf-8")
    return file


def poll(world: World, file: Path, path: str = "/list.xml") -> None:
    """Run `advisor poll` until it found the list due and read it again."""
    before = sum(asked == path for asked, _ in world.gets)
    for _ in range(5):
        done = advisor("poll", "--config", file)
        assert done.returncode == 0, done.stderr
        if sum(asked == path for asked, _ in world.gets) > before:
            return
    raise AssertionError(f"{path} was not asked for again")


def test_a_polled_list_rings_for_a_call_in_its_text_at_once(world: World, tmp_path: Path) -> None:
    world.answers["/list.xml"] = Answer(state(item("Mali", HIGH)).encode())
    file = settings(world, tmp_path, "/list.xml")
    poll(world, file)
    assert world.pushes == []
    world.answers["/list.xml"] = Answer(state(item("Mali", HIGH, ORDERED.format(country="Mali"))).encode())
    poll(world, file)
    ((_, title, body),) = world.pushes
    assert title.startswith("MALI: ")
    assert "ordered non-emergency U.S. government employees" in body


def test_the_operator_hears_at_once_of_a_list_that_is_held_back(world: World, tmp_path: Path) -> None:
    world.answers["/list.xml"] = Answer(state().encode())
    file = settings(world, tmp_path, "/list.xml", ("phone", "operator"))
    poll(world, file)
    world.answers["/list.xml"] = Answer(state(*(item(country, HIGH) for country in OTHERS)).encode())
    poll(world, file)
    ((path, title, body),) = world.pushes
    assert path == "/operator"
    assert "is read, but not believed" in title
    assert "12 levels changed at once" in body


def test_a_folder_of_captures_is_replayed_by_the_command(tmp_path: Path) -> None:
    high = state(item("Ghana", HIGH))
    for name, body in (("2026-02-01-aa.xml", state()), ("2026-02-02-bb.xml", high), ("2026-02-03T0915Z.xml", high)):
        (tmp_path / name).write_text(body, encoding="utf-8")
    done = advisor("replay", tmp_path, "--source", "us-state", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert line["at"] == "2026-02-03T09:15:00Z"
    assert (line["reason"], line["issuer"], line["destination"], line["message"]) == ("opened", "US", "GH", "1")
    assert line["article_ids"] == ["us-state/GH/2026-02-03T09:15"]


def test_captures_of_any_us_embassy_are_replayed_by_the_name_of_the_office(tmp_path: Path) -> None:
    feed = (
        "<rss version='2.0'><channel><title>Alerts</title><item><title>{title}</title><link>https://iq.example/{number}"
        "</link><pubDate>Thu, 0{number} Jul 2026 08:00:00 +0000</pubDate><description>{text}</description></item></channel></rss>"
    )
    calm = feed.format(title="Demonstration Alert: Baghdad, Iraq", number=1, text="Location: Baghdad")
    call = feed.format(title="Security Alert: Iraq", number=2, text="U.S. citizens in Iraq should depart Iraq now.")
    (tmp_path / "2026-07-01T1000Z.xml").write_text(calm)
    (tmp_path / "2026-07-02T1000Z.xml").write_text(call)
    done = advisor("replay", tmp_path, "--source", "us-embassies", "--json")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["destination"] for line in done.stdout.splitlines()] == ["IQ"]
    done = advisor("replay", tmp_path, "--source", "news")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_file_without_a_date_is_named_and_the_rest_is_replayed(tmp_path: Path) -> None:
    (tmp_path / "2026-02-01.xml").write_text(state(), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    done = advisor("replay", tmp_path, "--source", "us-state")
    assert done.returncode == 1
    assert "notes.txt: no date in its name" in done.stderr


def test_a_folder_without_a_source_and_an_unknown_source_are_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "2026-02-01.xml").write_text(state(), encoding="utf-8")
    for words in ([], ["--source", "us-sate"]):
        done = advisor("replay", str(tmp_path), *words)
        assert done.returncode == 2
        assert "us-state" in done.stderr


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("2025-12-12-275fa83a.json", "2025-12-12T00:00:00"),
        ("newarrivalL-2026-03-02T160712-79352f81.xml", "2026-03-02T16:07:12"),
        ("ud-avrader__2024-11-14__6ec1b178e.json", "2024-11-14T00:00:00"),
        ("20260302T160712Z.xml", "2026-03-02T16:07:12"),
        ("2026-03-02_1607.xml", "2026-03-02T16:07:00"),
        ("2026-03-02T16:07:12+09:00.xml", "2026-03-02T07:07:12"),
        ("list-2026-02-31-2026-03-01.xml", "2026-03-01T00:00:00"),
    ],
)
def test_a_name_gives_the_moment_of_its_capture(name: str, at: str) -> None:
    assert captured_at(name) == datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_what_still_waits_at_the_end_of_a_replay_is_said(tmp_path: Path) -> None:
    changes, said = replayed(tmp_path, "us-state", state(), state(item("Ghana", HIGH)))
    assert told(changes) == []
    assert said == ["listed by the last document, not yet held long enough to be told: GH (4)"]


def test_a_stream_can_be_replayed_from_captures_as_well(tmp_path: Path) -> None:
    call = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>Mali</title>'
        "<updated>2026-02-01T00:00:00Z</updated><summary>The FCDO urges British nationals in Mali to leave now.</summary>"
        "</entry></feed>"
    )
    empty = call.replace("<id>1", "<id>0").replace(
        "urges British nationals in Mali to leave now", "has news of the weather"
    )
    changes, _ = replayed(tmp_path, "gb-fcdo-atom", empty, call, call)
    assert told(changes) == [("opened", "ML", ["leave"])]


def test_a_page_that_says_itself_that_its_level_moved_is_believed_at_once_and_told_once(tmp_path: Path) -> None:
    raised = "The advisory level was increased to 3. Reconsider travel due to armed conflict."
    lowered = "The advisory level decreased to 1. Exercise normal precautions."
    high = "Level 3: Reconsider Travel"
    changes, _ = replayed(
        tmp_path, "us-state",
        state(item("Cyprus")),
        state(item("Cyprus", high, raised, "Tue, 03 Mar 2026")),
        state(item("Cyprus", high, raised + " Reissued.", "Mon, 09 Mar 2026")),
        state(item("Cyprus", CALM, lowered, "Mon, 01 Jun 2026")),
        state(item("Cyprus", CALM, lowered, "Mon, 01 Jun 2026")),
    )  # fmt: skip
    at = [(change.at.day, str(change.reason)) for change in changes if change.message is not None]
    assert at == [(2, "opened"), (4, "eased")]
