"""Everything the engine saw in one article, stage by stage; `explain` shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from advisor.detect.binding import Binding
from advisor.detect.frames import Frame, Miss
from advisor.detect.heads import Head
from advisor.detect.mentions import Mention
from advisor.detect.tags import Tag
from advisor.detect.text import Text
from advisor.model import Advisory, Evidence, MissionStatus


@dataclass(slots=True)
class Reading:
    text: Text
    languages: tuple[str, ...] = ()
    tags: list[Tag] = field(default_factory=list)
    by_sentence: list[list[Tag]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    places: list[list[Mention]] = field(default_factory=list)  # the mentions of each sentence
    heads: list[Head] = field(default_factory=list)
    bound: list[tuple[Frame, Binding]] = field(default_factory=list)
    unbound: list[tuple[Frame, str]] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    status: tuple[MissionStatus, Evidence] | None = None
    advisories: list[Advisory] = field(default_factory=list)
