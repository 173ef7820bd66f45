"""Any interleaving of polls, failures, crashes and clock jumps ends with people told what they are told undisturbed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from advisor import read
from advisor.clock import utc_now
from advisor.config.knowledge import knowledge
from advisor.config.running import Settings
from advisor.config.settings import load_settings
from advisor.detect import Knowledge
from advisor.model import Document
from advisor.service import Service
from advisor.store import DeliveryState
from tools.chaos_calls import calls
from tools.chaos_world import RECEIVERS, World

CALLS = list(islice(calls(random.Random(5)), 4))
POINTS = ("claim_due", "known_articles", "accept", "claim_deliveries", "begin_attempt", "send", "finish_attempt")
PHRASES = ("citizens to leave", "its mission")


class Crash(BaseException):
    """Ends a service without giving it a chance to put anything in order."""


@dataclass
class Weak:
    """Stands before a part and crashes once, around the next call of `point`."""

    part: Any
    plan: list[tuple[str, str]]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.part, name)

        def call(*words: Any, **named: Any) -> Any:
            if ("before", name) in self.plan:
                raise Crash
            answer = found(*words, **named)
            if ("after", name) in self.plan:
                raise Crash
            return answer

        return call if name in POINTS else found


class Clock:
    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


class Archive:
    """The world's feeds without the way to them: polite pauses between requests would make this a long test."""

    def __init__(self, world: World) -> None:
        self.world = world

    def fetch(self, url: str, clock: Callable[[], datetime], *_: Any, **__: Any) -> Document:
        return Document(url, clock(), self.world.feed(f"/{url.rpartition('/')[2]}"), "application/rss+xml")


class Story:
    """Two services in turn on one database, and what the world did to them."""

    def __init__(self, folder: Path, rules: Knowledge) -> None:
        self.world, self.clock, self.rules = World(), Clock(), rules
        host = self.world.open()
        file = folder / "advisor.yaml"
        targets = "\n".join(f"  {name}: {{url: 'json://{host}/{name}'}}" for name in RECEIVERS)
        file.write_text(
            f"database: sqlite:///{folder}/advisor.db\nsources:\n  - {{feed: 'http://{host}/wire', every: 1s, id: wire}}\n"
            f"  - {{feed: 'http://{host}/other', every: 1s, id: other}}\nfetch: {{allow_networks: ['127.0.0.0/8']}}\n"
            f"receivers:\n{targets}\nroutes:\n  - to: [{', '.join(RECEIVERS)}]\n"
        )
        self.settings: Settings = load_settings(file)
        self.plans: list[list[tuple[str, str]]] = [[], []]
        for where in ("wire", "other"):
            self.world.feeds[f"/{where}"].append(("Council meets", "About roads.", format_datetime(self.clock())))
        self.services = [self._start(0), self._start(1)]
        self.pass_of(0)

    def _start(self, slot: int) -> Service:
        service = Service.build(self.settings, self.clock, self.rules)
        plan = self.plans[slot] = []
        store = Weak(service.store, plan)
        service.store = service.due.store = store  # type: ignore[assignment]
        service.poller = replace(service.poller, store=store, fetcher=Archive(self.world), reads=read)  # type: ignore[arg-type]
        channels = {name: Weak(channel, plan) for name, channel in service.sender.channels.items()}
        service.sender = replace(service.sender, store=store, channels=channels)  # type: ignore[arg-type]
        return service

    def publish(self, number: int, act: str, where: str) -> None:
        pair, title, text = CALLS[number]
        issuer, _, rest = title.partition(" urges its citizens to leave ")
        if act == "closure":
            place = rest.removesuffix(" immediately")
            title, text = (
                f"{issuer} closes its embassy in {place}",
                f"{issuer} closed its embassy in {place} on Friday.",
            )
        date = format_datetime(self.clock() - timedelta(minutes=1))
        self.world.feeds[f"/{where}"].append((f"{title} ({pair}, {where})", text, date))

    def pass_of(self, slot: int) -> None:
        """One pass in this thread; a crash is followed by a start."""
        service = self.services[slot]
        try:
            for claim in service.store.claim_due(self.clock(), service.owner, timedelta(minutes=5), 9):
                service.poller.poll(claim)
            service.warden.look()
            while claimed := service.sender.claim(service.owner):
                for delivery in claimed:
                    service.sender.send(delivery)
        except Crash:
            service.store.close()
            service.fetcher.close()
            self.services[slot] = self._start(slot)
        self.clock.by += timedelta(seconds=2)  # the sources are due again

    def end(self) -> set[tuple[str, str, str]]:
        """Peace until nothing is owed; who was told what."""
        self.world.moods.clear()
        for plan in self.plans:
            plan.clear()
        for number in range(100):
            self.pass_of(0)
            owed = self.services[0].store.counts(self.clock()).deliveries.get(DeliveryState.OWED)
            if number > 1 and not owed:
                break
            self.clock.by += timedelta(minutes=15)
        return told(self.world)

    def close(self) -> None:
        for service in self.services:
            service.close()
        self.world.close()


def told(world: World) -> set[tuple[str, str, str]]:
    found = set()
    for push in world.pushes:
        for pair in push.pairs:
            lines = push.body.splitlines() if len(push.pairs) > 1 else [push.title]
            said = " ".join(line for line in lines if len(push.pairs) == 1 or f"{pair}-" in line)
            found |= {(push.receiver, pair, phrase) for phrase in PHRASES if phrase in said}
    return found


Step = tuple[Any, ...]
PUBLISH = st.tuples(
    st.just("publish"), st.integers(0, 3), st.sampled_from(("call", "closure")), st.sampled_from(("wire", "other"))
)
STEPS = st.one_of(
    PUBLISH,
    st.tuples(st.just("pass"), st.integers(0, 1)),
    st.tuples(st.just("pass"), st.integers(0, 1)),
    st.tuples(st.just("crash"), st.integers(0, 1), st.sampled_from(("before", "after")), st.sampled_from(POINTS)),
    st.tuples(
        st.just("mood"), st.sampled_from(RECEIVERS), st.sampled_from(("500", "429", "reset", "accept and reset"))
    ),
    st.tuples(st.just("wait"), st.sampled_from((5, 60, 3600))),
    st.tuples(st.just("clock"), st.sampled_from((-1, 1))),
)


def play(story: Story, steps: list[Step]) -> None:
    act: dict[str, Callable[..., Any]] = {
        "publish": story.publish,
        "pass": story.pass_of,
        "crash": lambda slot, when, point: story.plans[slot].append((when, point)),
        "mood": lambda name, mood: story.world.moods[name].append(mood),
    }
    day = 0
    for name, *rest in steps:
        if name in act:
            act[name](*rest)
        elif name == "wait":
            story.clock.by += timedelta(seconds=rest[0])
        elif abs(day + rest[0]) <= 1:  # a day off, and back
            day += rest[0]
            story.clock.by += timedelta(days=rest[0])
    story.clock.by -= timedelta(days=day)


@pytest.fixture(scope="module")
def rules() -> Knowledge:
    return knowledge(None)


@pytest.fixture
def tell(rules: Knowledge) -> Iterator[Callable[[list[Step]], Story]]:
    """Plays steps in a folder of their own."""
    folders: list[TemporaryDirectory[str]] = []
    stories: list[Story] = []

    def start(steps: list[Step]) -> Story:
        while stories:
            stories.pop().close()
        folders.append(TemporaryDirectory(prefix="advisor-story-"))
        stories.append(Story(Path(folders[-1].name), rules))
        play(stories[-1], steps)
        return stories[-1]

    yield start
    for story in stories:
        story.close()
    for folder in folders:
        folder.cleanup()


@pytest.mark.timeout(600)  # a minute of work, on a machine that others use too
@settings(
    max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(STEPS, min_size=4, max_size=24))
@example(steps=[("publish", 0, "call", "wire"), ("crash", 0, "after", "send"), ("pass", 0), ("pass", 1), ("pass", 0)])
@example(steps=[("publish", 0, "call", "wire"), ("mood", "north", "500"), ("pass", 0), ("clock", 1), ("pass", 1)])
def test_whatever_happens_in_between_people_are_told_the_same(
    tell: Callable[[list[Step]], Story], steps: list[Step]
) -> None:
    disturbed = tell(steps)
    got, pushes = disturbed.end(), list(disturbed.world.pushes)
    calm = tell([step for published in steps if published[0] == "publish" for step in (published, ("pass", 0))])
    assert got == calm.end()
    seen: set[tuple[str, str]] = set()
    for push in pushes:
        words = push.body.partition("\n(This may have reached you before")[0]
        assert push.again or (push.receiver, push.title + words) not in seen, "twice, and nothing said so"
        seen.add((push.receiver, push.title + words))
