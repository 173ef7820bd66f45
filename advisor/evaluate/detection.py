"""Detection scored against labelled articles: precision, recall and F1 by what was asked, and the worst errors.

Labels have the form of `advisor detect --json`, with `current` beside; items marked `ambiguous` are left out.
An advisory counts as found when issuer, destination and kind agree; severity is compared where it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from advisor.model import Advisory, Article, Kind, Severity

Triple = tuple[str, str, str]  # issuer, destination, kind


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article with what a careful reader answers."""

    id: str
    language: str
    article: Article
    current: dict[Triple, Severity]
    recalled: frozenset[Triple]


@dataclass(slots=True)
class Tally:
    """Hits, false alarms and misses of one question."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def add(self, gold: set[Any], found: set[Any]) -> None:
        self.hits += len(gold & found)
        self.false += len(found - gold)
        self.missed += len(gold - found)

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0

    @property
    def f1(self) -> float:
        wrong = self.false + self.missed
        return 2 * self.hits / (2 * self.hits + wrong) if self.hits or wrong else 1.0


@dataclass(frozen=True, slots=True)
class Error:
    """One article that was answered wrongly."""

    id: str
    title: str
    missed: tuple[Triple, ...]
    false: tuple[Triple, ...]


@dataclass(slots=True)
class Scores:
    """Everything measured over one set of articles."""

    articles: int = 0
    document: Tally = field(default_factory=Tally)
    destination: Tally = field(default_factory=Tally)
    triple: Tally = field(default_factory=Tally)
    kinds: dict[str, Tally] = field(default_factory=dict)
    languages: dict[str, tuple[Tally, Tally]] = field(default_factory=dict)  # document, triple
    severity_exact: int = 0
    severity_near: int = 0
    errors: list[Error] = field(default_factory=list)


def labelled(fields: dict[str, Any], article: Article) -> Labelled | None:
    """A line of a gold file; None for one that readers did not agree on. ValueError says what is wrong."""
    if fields.get("ambiguous"):
        return None
    labels = fields.get("advisories") or []
    if not isinstance(labels, list) or not all(isinstance(label, dict) for label in labels):
        raise ValueError("`advisories` must be a list of objects; an empty list says that there is none")
    current: dict[Triple, Severity] = {}
    recalled = set()
    for label in labels:
        if "kind" in label and label["kind"] not in set(map(str, Kind)):
            raise ValueError(f"{label['kind']!r} is no kind (known: {', '.join(sorted(map(str, Kind)))})")
        try:
            triple = (str(label["issuer"]), str(label["destination"]), str(Kind(label["kind"])))
            severity = Severity.of(str(label["severity"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"an advisory lacks {error}") from error
        if label.get("current", True):
            current[triple] = severity
        else:
            recalled.add(triple)
    return Labelled(str(fields.get("id")), str(fields.get("lang") or ""), article, current, frozenset(recalled))


def score(items: Iterable[Labelled], detect: Callable[[Article], list[Advisory]]) -> Scores:
    """Ask `detect` about every article and compare."""
    scores = Scores()
    for item in items:
        found = {
            (answer.issuer, answer.destination, str(answer.kind)): answer.severity for answer in detect(item.article)
        }
        _count(scores, item, found)
    scores.errors.sort(key=lambda error: -len(error.missed) - len(error.false))
    return scores


def _count(scores: Scores, item: Labelled, found: dict[Triple, Severity]) -> None:
    gold, mine = set(item.current), set(found)
    has_gold, has_mine = ({item.id} if gold else set()), ({item.id} if mine else set())
    scores.articles += 1
    scores.document.add(has_gold, has_mine)
    scores.destination.add({triple[1] for triple in gold}, {triple[1] for triple in mine})
    scores.triple.add(gold, mine)
    for kind in {triple[2] for triple in gold | mine}:
        tally = scores.kinds.setdefault(kind, Tally())
        tally.add({triple for triple in gold if triple[2] == kind}, {triple for triple in mine if triple[2] == kind})
    document, triple = scores.languages.setdefault(item.language, (Tally(), Tally()))
    document.add(has_gold, has_mine)
    triple.add(gold, mine)
    for match in gold & mine:
        step = abs(item.current[match] - found[match])
        scores.severity_exact += step == 0
        scores.severity_near += step <= 1
    if gold != mine:
        scores.errors.append(Error(item.id, item.article.title, tuple(sorted(gold - mine)), tuple(sorted(mine - gold))))


def described(scores: Scores) -> dict[str, Any]:
    """The scores as plain data."""

    def tally(it: Tally) -> dict[str, float | int]:
        return {
            "precision": round(it.precision, 4),
            "recall": round(it.recall, 4),
            "f1": round(it.f1, 4),
            "hits": it.hits,
            "false": it.false,
            "missed": it.missed,
        }

    matched = scores.triple.hits
    return {
        "articles": scores.articles,
        "document": tally(scores.document),
        "destination": tally(scores.destination),
        "triple": tally(scores.triple),
        "kinds": {name: tally(it) for name, it in sorted(scores.kinds.items())},
        "languages": {
            name: {"document": tally(document), "triple": tally(triple)}
            for name, (document, triple) in sorted(scores.languages.items())
        },
        "severity": {
            "matched": matched,
            "exact": round(scores.severity_exact / matched, 4) if matched else None,
            "within_one_step": round(scores.severity_near / matched, 4) if matched else None,
        },
        "errors": [
            {
                "id": it.id,
                "title": it.title,
                "missed": [list(t) for t in it.missed],
                "false": [list(t) for t in it.false],
            }
            for it in scores.errors
        ],
    }
