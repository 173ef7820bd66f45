"""What stands around the news goes; the news stays, to the letter."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.read.boilerplate import boilerplate_spans, clean

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
NEWS = "The embassy told its citizens to leave the country on Friday."
MORE = "Flights leave from two airports, the ministry added."

BOXES = [
    "Advertisement",
    "ADVERTISEMENT",
    "Story continues below advertisement",
    "Read more",
    "Read more: France orders citizens out of Mali",
    "**Related article:** [Germany evacuates its embassy in Kabul](#)",
    "Related: US tells staff to leave Niger",
    "Lire aussi : La France évacue son ambassade",
    "Lesen Sie auch: Botschaft geschlossen",
    "Читайте также: Посольство эвакуировано",
    "Reuters and the Associated Press contributed to this report.",
    "*AFP contributed reporting.*",
    "Reporting by Jane Doe in Beirut; Editing by John Roe",
    "Additional reporting by Jane Doe",
    "#Niger #embassy #leave",
    "Sign up for our daily newsletter to get the news in your inbox.",
    "Unlock the Morning Digest for free",
    "Jane Doe, editor of the paper, picks her favourite stories in this weekly newsletter.",
    "Subscribe now for unlimited access to our journalism.",
    "Join us on Telegram for breaking news",
    "We use cookies to improve your experience on this site. Accept all cookies?",
    "Wir verwenden Cookies, um unsere Website zu verbessern.",
    "Nous utilisons des cookies pour vous offrir la meilleure expérience.",
    "Please support independent journalism with a small donation.",
    "Become a member today and help keep our work free.",
    "Share this article",
    "Facebook",
    "Updated:",
    "0:00",
    "5 min read",
    "Original url:",
    "<https://news.example/2026/04/28/x>",
    "Copyright 2026 Example News. All rights reserved.",
    "Photo by Jane Doe/ABC-DEF",
    "**Jane Doe / ABC / DEF**",
    "Anzeige",
    "Реклама",
    "إعلان",
    "广告",
]


@pytest.mark.parametrize("box", BOXES)
def test_a_box_between_two_sentences_goes(box):
    assert clean(f"{NEWS}\n\n{box}\n\n{MORE}") == f"{NEWS}\n\n{MORE}"


STAYS = [
    NEWS,
    "A message from the U.S. Embassy in Beirut: leave now while commercial flights are available.",
    "Dear citizens, the embassy asks you to support each other and to leave by Friday.",
    "Enroll in the Smart Traveler Enrollment Program to receive security updates by e-mail.",
    "Follow the embassy on Facebook and Telegram for updates about evacuation flights.",
    "Subscribe to our alerts to hear about evacuation flights for citizens.",
    "The government will fund charter flights and help us get people out, the minister said.",
    "The UN appealed for donations of $20 million to support people who were displaced.",
    "Jane Doe is an American journalist for a local paper whom gunmen seized in Damascus.",
    "Related to the fighting, the consulate closed its doors.",
    "Watch the border crossings closely and leave if you can.",
    "More than 300 citizens left on Friday.",
    "Depart now",
    "Exercise normal precautions",
    "Do not travel to Mali due to crime, terrorism and kidnapping",
    "The ministry (which contributed to the earlier decision) urged calm.",
    "Share your location with the embassy",
    "Dear friends, I thank you for your help. Your contribution counts.",
]


@pytest.mark.parametrize("line", STAYS)
def test_a_line_that_may_be_news_stays(line):
    text = f"{NEWS}\n{line}\n{MORE}"
    assert clean(text) == text


def test_a_plea_goes_to_the_end():
    plea = (
        "A Message from The Example Times:\nDear readers,\nWe face hard times. The state calls us names.\n"
        "We refuse to be silent, but we need your help.\nPlease support us monthly from $2.\nRemind me later."
    )
    assert clean(f"{NEWS}\n{MORE}\n{plea}") == f"{NEWS}\n{MORE}"


def test_news_after_a_plea_stays():
    plea = "Dear readers,\nWe need your help.\nYour donation keeps us free.\n"
    assert clean(f"{MORE}\n{plea}{NEWS}").split("\n\n") == [MORE, NEWS]


def test_a_plea_in_a_text_without_lines_goes():
    body = " ".join([NEWS, MORE] * 6)
    plea = (
        "A Message from The Example: Dear readers, we need your help. Your donation counts. Thank you for standing by."
    )
    assert clean(f"{body} {plea}") == body


def test_headlines_below_their_heading_go():
    news = f"{NEWS}\n{MORE}\n{NEWS}"
    text = f"{news}\n\nLatest Headlines\nFrance evacuates its embassy in Mali\nStorm hits the coast\n"
    assert clean(text) == news


def test_a_heading_at_the_top_takes_nothing_with_it():
    assert clean(f"Latest news\nFrance evacuates its embassy in Mali\n{NEWS}").startswith("France evacuates")


def test_a_heading_that_speaks_of_an_embassy_is_none():
    text = f"{NEWS}\n{MORE}\n{NEWS}\nMore from the embassy\nLeave now by any means"
    assert clean(text) == text


def test_an_authors_box_goes_with_name_and_role():
    text = (
        f"Jane Q. Doe\nUpdated:\n{NEWS}\n{MORE}\n{NEWS}\n{MORE}\nJane Q. Doe\nReporter\n"
        "Jane Q. Doe is a senior reporter for The Example. She has a background in law.\ntwitter"
    )
    assert clean(text) == f"{NEWS}\n{MORE}\n{NEWS}\n{MORE}"


def test_of_a_caption_only_the_credit_goes():
    assert clean("A fighter fires in a street, on Nov. 30. Jane Doe/ABC via Some Images") == (
        "A fighter fires in a street, on Nov. 30."
    )
    assert clean(f"People wait at the port. Photo by Jane Doe/ABC\n{NEWS}") == f"People wait at the port.\n{NEWS}"


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_real_articles_keep_their_news_and_lose_their_boxes(path):
    text = path.read_text("utf-8")
    left = clean(text)
    for line in text.split("\n"):
        if len(line) > 180 and any(word in line for word in ("Syria", "Homs", "rebel", "regime")):
            assert " ".join(line.split())[:150] in " ".join(left.split())
    for junk in (
        "Advertisement", "Latest Headlines", "Dear readers", "Remind me later", "Related article", "contribut",
        "Unlock", "newsletter", "#embassy", "senior reporter", "twitter", "Photo by", "Original url", "0:00",
    ):  # fmt: skip
        assert junk not in left


@given(st.text(max_size=300) | st.lists(st.sampled_from([*BOXES, *STAYS, "", " "]), max_size=12).map("\n".join))
def test_spans_lie_in_order_within_the_text(text):
    end = -1
    for start, stop in boilerplate_spans(text):
        assert end < start < stop <= len(text)
        end = stop


@pytest.mark.parametrize(
    "text", ["a " * 80_000, "a\n" * 50_000, "#" * 50_000, "A/" * 50_000, "Photo by " * 9_000, "<" * 90_000]
)
@pytest.mark.timeout(10)
def test_odd_texts_do_not_hang(text):
    boilerplate_spans(text)


def test_giant_texts_are_left_alone():
    assert boilerplate_spans("Advertisement\n" * 20_000) == []
