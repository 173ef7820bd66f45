"""How fast detection passes over ordinary articles, beside `re` alternations of 200 patterns, in one run.

    python -m tools.benchmark_detect [--over ARTICLES.jsonl[.gz]]

Without a file there are two kinds of text: prose of Python's own manual, which has no embassies in it, and ordinary
news, which has (`ordinary_news`). Ratios count; machines are noisy. All languages are loaded and have been met in the
project's own examples. "full": short items of one language joined, long ones as they are; what is joined tells of a
dozen things at once, and one of them opens the gate for all. "long": the long ones alone, where a file has enough of
them. Loading reads what an earlier start has compiled and kept, as a service does; memory is what the process grows
by, its imports left out.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from pydoc_data.topics import topics

from advisor.config.knowledge import knowledge
from advisor.detect import Detector
from advisor.model import Article
from tools.ordinary_news import Item, ordinary_news

FULL = 3000  # characters of a full article, at least
ENOUGH = 100  # long articles, to measure them alone
TURNS = 3  # of both, one after the other; the best run of each counts
EXAMPLES = Path(__file__).resolve().parents[1] / "tests" / "detect" / "examples"

NEWS = 12_000  # items


def quiet_prose() -> list[Item]:
    paragraphs = [" ".join(text.split()) for topic in topics.values() for text in topic.split("\n\n")]
    draw = random.Random(1)
    return [("News", " ".join(draw.sample(paragraphs, 20)), "en") for _ in range(1500)]


def articles(path: str) -> list[Item]:
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row.get("title") or "", row.get("text") or "", row.get("lang") or "") for row in rows]


def joined(items: list[Item]) -> list[Item]:
    """Short items of one language put together, long ones as they are."""
    full: list[Item] = []
    growing: dict[str, list[str]] = {}
    for title, text, language in items:
        pieces = growing.setdefault(language, [])
        pieces.append(f"{title}. {text}")
        if sum(map(len, pieces)) > FULL:
            full.append(("", "\n".join(pieces), language))
            pieces.clear()
    return full or items


_ACTS = (
    "leave", "evacuat", "depart", "flee", "withdraw", "close", "suspend", "airlift", "repatriat", "avoid travel",
)  # fmt: skip
_PEOPLE = (
    "embassy", "citizens", "nationals", "staff", "diplomats", "consulate", "families", "ministry", "government",
    "travellers",
)  # fmt: skip


def alternations() -> dict[str, re.Pattern[str]]:
    """Two hundred patterns of the kinds that keyword filters use: phrases, and two words near each other.

    `re` tries two hundred phrases at every letter; what begins at a word's border it tries at words only, which is
    three times quicker.
    """
    pairs = [(act, who) for act in _ACTS for who in _PEOPLE]
    phrases = [f"{first} {second}" for act, who in pairs for first, second in ((act, who), (who, act))]
    near = [rf"\b{act}\w*\b.{{0,60}}\b{who}" for act, who in pairs]
    near += [rf"\b{who}\b.{{0,60}}\b{act}\w*" for act, who in pairs]
    return {
        "of phrases": re.compile("|".join(phrases), re.IGNORECASE),
        "at words": re.compile("|".join(near), re.IGNORECASE),
    }


def seconds(work: Callable[[Item], object], items: list[Item]) -> float:
    began = time.process_time()
    for item in items:
        work(item)
    return time.process_time() - began


def meet_all_languages(detector: Detector) -> None:
    for file in sorted(EXAMPLES.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            detector.detect(Article(item["title"], item["text"], language=item["lang"]))


def size(items: list[Item]) -> float:
    """MB of UTF-8."""
    return sum(len((title + text).encode()) for title, text, _ in items) / 1e6


def resident() -> float:
    """What the process holds, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast detection is beside a regular expression.")
    parser.add_argument("--over", metavar="ARTICLES.jsonl[.gz]", help="measure over these instead")
    arguments = parser.parse_args()
    subprocess.run([sys.executable, "-c", "from advisor.config.knowledge import knowledge; knowledge()"], check=True)
    before = resident()
    began = time.perf_counter()
    loaded = knowledge()
    detector = Detector(loaded)
    print(f"loading {time.perf_counter() - began:.3f} s, {len(loaded.lexicons)} languages", end="; ")
    after = resident()
    meet_all_languages(detector)
    print(f"memory {after - before:.1f} MB, {resident() - before:.1f} MB when all languages have been met")
    gc.collect()
    gc.freeze()  # as the service does
    over = arguments.over
    kinds = {over: articles(over)} if over else {"manual": quiet_prose(), "news": list(ordinary_news(NEWS))}
    for kind, items in kinds.items():
        compare(detector, f"{kind}, items", items)
        compare(detector, f"{kind}, full", joined(items))
        long = [item for item in items if len(item[1]) >= FULL]
        if over and len(long) >= ENOUGH:
            compare(detector, f"{kind}, long", long)


def searching(pattern: re.Pattern[str]) -> Callable[[Item], object]:
    return lambda item: pattern.search(item[1])


def compare(detector: Detector, name: str, items: list[Item]) -> None:
    """Ours beside the alternations, over the same articles in turns."""
    sample = items[: max(1, len(items) // 5)]
    seconds(lambda item: detector.detect(Article(item[0], item[1])), items[:200])
    patterns = alternations()
    turns = [
        (
            seconds(lambda item: detector.detect(Article(item[0], item[1])), items),
            *(seconds(searching(pattern), sample) for pattern in patterns.values()),
        )
        for _ in range(TURNS)
    ]
    best, *theirs = map(min, zip(*turns, strict=True))
    ours = size(items) / best
    opened = sum(detector.worth_reading(*item[:2]) for item in items) / len(items)
    answered = sum(bool(detector.detect(Article(item[0], item[1]))) for item in items) / len(items)
    ratios = [
        f"{ours / (size(sample) / took):.1f} x re {kind} ({size(sample) / took:.2f} MB/s)"
        for kind, took in zip(patterns, theirs, strict=True)
    ]
    print(
        f"{name}: {len(items)} articles of {size(items) / len(items) * 1e3:.1f} kB: {ours:.2f} MB/s, "
        f"{len(items) / best:.0f} articles per CPU second, gate open {opened:.1%}, answered {answered:.2%}; "
        + ", ".join(ratios)
    )


if __name__ == "__main__":
    main()
