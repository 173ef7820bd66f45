"""What makes an article the same one again: its publisher's id, its link, and a digest of its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from advisor.model import Article


def digest_key(title: str, text: str) -> str:
    """The key that changes when the words do, and only then (spacing does not count)."""
    words = f"{title} {text}".strip()
    if "  " in words or not words.isprintable():  # else a space is its only kind of space
        words = " ".join(words.split())
    return "digest:" + sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def keys(title: str, text: str, *, guid: str = "", link: str | None = None) -> tuple[str, ...]:
    """Identity keys, strongest first; the digest is always the last."""
    found = [f"guid:{guid.strip()[:500]}"] if guid.strip() else []
    if link:
        found.append(f"link:{link[:1000]}")
    return (*found, digest_key(title, text))


def told_apart(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Without exact repetitions; a guid or link that different items share identifies none of them."""
    distinct = list({article.keys: article for article in reversed(list(articles))}.values())[::-1]
    uses = Counter(key for article in distinct for key in article.keys[:-1])
    shared = {key for key, count in uses.items() if count > 1}
    return tuple(
        article if shared.isdisjoint(article.keys[:-1])
        else replace(article, keys=(*(key for key in article.keys[:-1] if key not in shared), article.keys[-1]))
        for article in distinct
    )  # fmt: skip
