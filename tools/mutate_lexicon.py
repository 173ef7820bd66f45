#!/usr/bin/env python3
"""Which phrases of a lexicon are guarded by an example: each is taken out, and the examples are asked again.

    tools/mutate_lexicon.py de                      every phrase (minutes)
    tools/mutate_lexicon.py de --sample 50          a random fifty; the seed is printed and can be given again
    tools/mutate_lexicon.py de --category no_travel --show

A phrase is *guarded* when some example that is answered rightly is answered otherwise without it, *loose* when
examples hold it but nothing depends on it, *unmet* when no example holds it. Loose and unmet phrases are those that
somebody can break, or that never did anything, without a test that says so.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from advisor.cli.lines import article_of
from advisor.config.documents import load
from advisor.config.knowledge import knowledge, lexicon_of
from advisor.detect import Detector
from advisor.detect.knowledge import Knowledge, Lexicon
from advisor.detect.text import read_text
from advisor.detect.trie import Trie
from advisor.evaluate import labelled
from advisor.model import Article

ROOT = Path(__file__).resolve().parents[1]
GUARDED, LOOSE, UNMET = "guarded", "loose", "unmet"

Answer = frozenset[tuple[str, str, str, int]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a lexicon."""

    category: str
    value: str
    words: str

    def __str__(self) -> str:
        return f"{self.category}/{self.value}: {self.words}" if self.value else f"{self.category}: {self.words}"


@dataclass(frozen=True, slots=True)
class Example:
    """An article that is answered rightly, and how."""

    name: str
    article: Article
    answer: Answer


def main() -> int:
    options = _parser().parse_args()
    known = knowledge()
    if options.language not in known.lexicons:
        print(f"no lexicon of {options.language!r} (known: {', '.join(sorted(known.lexicons))})", file=sys.stderr)
        return 2
    plain = lexicon_of(load(ROOT / "config" / "lexicons" / f"{options.language}.yaml"))
    phrases = [phrase for phrase in phrases_of(plain) if options.category in {None, phrase.category}]
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    if options.sample is not None and options.sample < len(phrases):
        phrases = sorted(random.Random(seed).sample(phrases, options.sample), key=str)
        print(f"{options.sample} phrases by --seed {seed}", file=sys.stderr)
    examples = held_examples(options.language, known)
    counts: Counter[str] = Counter()
    for phrase, fate, guards in fates(plain, phrases, examples, known):
        counts[fate] += 1
        _print(phrase, fate, guards, options)
        if sys.stderr.isatty():
            print(f"\r{sum(counts.values())}/{len(phrases)}", end="", file=sys.stderr)
    print(
        f"{options.language}: {len(phrases)} phrases, {len(examples)} examples: {counts[GUARDED]} guarded, "
        f"{counts[LOOSE]} loose, {counts[UNMET]} unmet",
        file=sys.stderr,
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("language", help="such as de")
    made.add_argument("--sample", type=int, metavar="N", help="only N phrases, chosen at random")
    made.add_argument("--seed", type=int, help="of the choice; default: another one each time")
    made.add_argument("--category", help="only this one, such as no_travel")
    made.add_argument("--show", action="store_true", help="guarded ones too, with the examples that guard them")
    made.add_argument("--json", action="store_true", help="one line for every phrase")
    return made


def _print(phrase: Phrase, fate: str, guards: Sequence[str], options: argparse.Namespace) -> None:
    if options.json:
        fields = {"category": phrase.category, "value": phrase.value, "phrase": phrase.words}
        print(json.dumps({**fields, "fate": fate, "guards": list(guards)}, ensure_ascii=False))
    elif fate != GUARDED or options.show:
        print(f"{fate:8} {phrase}" + (f"  ({', '.join(guards[:5])})" if guards else ""))


def phrases_of(lexicon: Lexicon) -> list[Phrase]:
    """Every entry of a lexicon that is not compiled yet."""
    return [
        Phrase(category, value, words)
        for category, values in lexicon.entries.items()
        for value, some in values.items()
        for words in some
    ]


def held_examples(language: str, known: Knowledge) -> list[Example]:
    """The labelled sentences of the language, and the rules' own examples, as far as they are answered rightly."""
    detector = Detector(known)
    lines = (ROOT / "tests" / "detect" / "examples" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    held = []
    for line in lines:
        fields = json.loads(line)
        item = labelled(fields, article_of(fields))
        if item is None:
            continue
        answer = answer_of(detector, item.article)
        if {found[:3] for found in answer} == set(item.current):
            held.append(Example(item.id, item.article, answer))
    for rule in known.rules if language == "en" else ():
        for kind in ("match", "no_match"):
            for number, fields in enumerate(rule.examples.get(kind, ()), 1):
                article = article_of(dict(fields))
                held.append(Example(f"{rule.id}:{kind}:{number}", article, answer_of(detector, article)))
    return held


def answer_of(detector: Detector, article: Article) -> Answer:
    return frozenset((it.issuer, it.destination, str(it.kind), int(it.severity)) for it in detector.detect(article))


def fates(
    plain: Lexicon, phrases: Sequence[Phrase], examples: Sequence[Example], known: Knowledge
) -> Iterator[tuple[Phrase, str, list[str]]]:
    """What becomes of the examples without each phrase: its fate, and the names of those that guard it."""
    holding = _holding(plain, phrases, examples)
    for number, phrase in enumerate(phrases):
        held = [examples[index] for index in sorted(holding.get(number, ()))]
        if not held:
            yield phrase, UNMET, []
            continue
        without = _without(plain, phrase)
        detector = Detector(replace(known, lexicons={**known.lexicons, plain.language: without}))
        guards = [example.name for example in held if answer_of(detector, example.article) != example.answer]
        yield phrase, GUARDED if guards else LOOSE, guards


def _holding(plain: Lexicon, phrases: Sequence[Phrase], examples: Sequence[Example]) -> dict[int, set[int]]:
    """Numbers of phrases to the numbers of the examples that hold them: only those can change."""
    numbered = ((phrase.words, (str(number), "")) for number, phrase in enumerate(phrases))
    trie = Trie.of(numbered, plain.prefixes.all, plain.suffixes.all)
    holding: dict[int, set[int]] = {}
    for index, example in enumerate(examples):
        tokens = read_text(example.article.title, example.article.text).tokens
        for meanings, _, _ in trie.matches(tokens):
            for number, _ in meanings:
                holding.setdefault(int(number), set()).add(index)
    return holding


def _without(plain: Lexicon, phrase: Phrase) -> Lexicon:
    entries = {category: dict(values) for category, values in plain.entries.items()}
    some = entries[phrase.category][phrase.value]
    entries[phrase.category][phrase.value] = tuple(words for words in some if words != phrase.words)
    return replace(plain, entries=entries).compiled()


if __name__ == "__main__":
    sys.exit(main())
