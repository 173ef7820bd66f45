"""How fast detection passes over ordinary articles, beside a plain `re` alternation of 200 patterns, in one run.

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


def alternation() -> re.Pattern[str]:
    """Two hundred patterns of the kind that keyword filters use."""
    acts = [
        "leave",
        "evacuat",
        "depart",
        "flee",
        "withdraw",
        "close",
        "suspend",
        "airlift",
        "repatriat",
        "avoid travel",
    ]
    people = [
        "embassy",
        "citizens",
        "nationals",
        "staff",
        "diplomats",
        "consulate",
        "families",
        "ministry",
        "government",
        "travellers",
    ]
    patterns = [rf"\b{act}\w*\b.{{0,60}}\b{who}" for act in acts for who in people]
    patterns += [rf"\b{who}\b.{{0,60}}\b{act}\w*" for act in acts for who in people]
    return re.compile("|".join(patterns), re.IGNORECASE)


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


def compare(detector: Detector, name: str, items: list[Item]) -> None:
    """Ours beside the alternation, over the same articles in turns."""
    pattern = alternation()
    megabytes = size(items)
    sample = items[: max(1, len(items) // 5)]
    seconds(lambda item: detector.detect(Article(item[0], item[1])), items[:200])
    turns = [
        (
            seconds(lambda item: detector.detect(Article(item[0], item[1])), items),
            seconds(lambda item: pattern.search(item[1]), sample),
        )
        for _ in range(TURNS)
    ]
    ours, theirs = (min(some) for some in zip(*turns, strict=True))
    opened = sum(detector.worth_reading(*item[:2]) for item in items) / len(items)
    answered = sum(bool(detector.detect(Article(item[0], item[1]))) for item in items) / len(items)
    print(
        f"{name}: {len(items)} articles of {megabytes / len(items) * 1e3:.1f} kB: {megabytes / ours:.2f} MB/s, "
        f"{len(items) / ours:.0f} articles per CPU second, gate open {opened:.1%}, answered {answered:.2%}; "
        f"re alternation {size(sample) / theirs:.2f} MB/s; "
        f"ratio {megabytes / ours / (size(sample) / theirs):.1f}"
    )


if __name__ == "__main__":
    main()
