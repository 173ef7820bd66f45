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
    whole, rest, but, parts = _sorted(prose, names, text)
    everything = [*whole, *rest, *but, *parts]
    if not everything:
        return Level(), "", None
    of_whole = max((level for level, _ in whole), default=1)
    if rest:
        of_whole = max(of_whole, min(level for level, _ in (*rest, *but, *parts)))
    elif but and parts:  # what is excepted has a level of its own; otherwise it has none
        of_whole = max(of_whole, min(level for level, _ in (*but, *parts)))
    worst, sentence = max(everything, key=lambda found: found[0])
    area = sentence.strip().rstrip(".")[:_LONGEST_AREA] if worst > of_whole else None
    return Level(of_whole, worst), sentence, area


Found = list[tuple[int, str]]


def _sorted(prose: Prose, names: tuple[str, ...], text: str) -> tuple[Found, Found, Found, Found]:
    """The levels of the sentences about the whole country, the rest of it, all of it but for parts, and about parts."""
    whole, rest, but = (_patterns(templates, names) for templates in (prose.whole, prose.rest, prose.but))
    about_whole: Found = []
    about_rest: Found = []
    about_most: Found = []
    parts: Found = []
    for sentence in SENTENCES.split(text):
        levels = {level for phrase, level in prose.phrases if phrase.search(sentence)}
        level = max(levels, default=0)
        if not level or (prose.lifted and prose.lifted.search(sentence)):
            continue
        if any(pattern.search(sentence) for pattern in rest):
            about_rest.append((level, sentence))
            parts += [(lesser, sentence) for lesser in levels - {level}]
        elif any(pattern.search(sentence) for pattern in but):
            about_most.append((level, sentence))
            parts += [(lesser, sentence) for lesser in levels - {level}]  # "except ..., where only ..."
        elif any(pattern.search(sentence) for pattern in whole):
            about_whole.append((level, sentence))
        else:
            parts.append((level, sentence))
    return about_whole, about_rest, about_most, parts


def _patterns(templates: tuple[str, ...], names: tuple[str, ...]) -> list[re.Pattern[str]]:
    country = "(?:" + "|".join(re.escape(name) for name in names if name) + ")" if any(names) else "(?!)"
    return [re.compile(template.replace("{country}", country), re.IGNORECASE) for template in templates]
