"""A travel level from sentences: which level each one names, and whether it speaks of the whole country.

What a part is called is kept in the publisher's own words. Calls to leave are left to `advisor.detect`.
"""

from __future__ import annotations

import re

from advisor.model.register import Level, Prose

SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+|(?<=[。！？])")
_LONGEST_AREA = 160


def level_of(prose: Prose, names: tuple[str, ...], title: str, text: str) -> tuple[Level | None, str, str | None]:
    """The level, the words that gave it, and the words for the part. `names`: what the source calls the country."""
    if prose.gone and prose.gone.search(title):
        return Level(), title, None
    if not text.strip():
        return None, "", None
    whole, rest, parts = _sorted(prose, names, text)
    everything = [*whole, *rest, *parts]
    if not everything:
        return Level(), "", None
    of_whole = max((level for level, _ in whole), default=1)
    if rest:
        of_whole = max(of_whole, min(level for level, _ in (*rest, *parts)))
    worst, sentence = max(everything, key=lambda found: found[0])
    area = sentence.strip().rstrip(".")[:_LONGEST_AREA] if worst > of_whole else None
    return Level(of_whole, worst), sentence, area


Found = list[tuple[int, str]]


def _sorted(prose: Prose, names: tuple[str, ...], text: str) -> tuple[Found, Found, Found]:
    """The levels of the sentences about the whole country, about the rest of it, and about parts."""
    whole, rest, parts = _patterns(prose.whole, names), _patterns(prose.rest, names), []
    about_whole: Found = []
    about_rest: Found = []
    for sentence in SENTENCES.split(text):
        levels = {level for phrase, level in prose.phrases if phrase.search(sentence)}
        level = max(levels, default=0)
        if not level or (prose.lifted and prose.lifted.search(sentence)):
            continue
        if any(pattern.search(sentence) for pattern in rest):
            about_rest.append((level, sentence))
            parts += [(lesser, sentence) for lesser in levels - {level}]  # "except ..., where only ..."
        elif any(pattern.search(sentence) for pattern in whole):
            about_whole.append((level, sentence))
        else:
            parts.append((level, sentence))
    return about_whole, about_rest, parts


def _patterns(templates: tuple[str, ...], names: tuple[str, ...]) -> list[re.Pattern[str]]:
    country = "(?:" + "|".join(re.escape(name) for name in names if name) + ")" if any(names) else "(?!)"
    return [re.compile(template.replace("{country}", country), re.IGNORECASE) for template in templates]
