"""Places in a text: which country each name, adjective, people or city means, and in what way it stands there.

    named → cues → grounds → lists → borders → doubt → roundup

Who owns an office and where it stands is `heads`' business.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from advisor.detect.borders import with_borders
from advisor.detect.cues import cued
from advisor.detect.doubt import believed_of
from advisor.detect.knowledge import Gazetteer, Lexicon
from advisor.detect.lists import in_lists
from advisor.detect.mentions import Mention
from advisor.detect.named import named, of_fuller_names
from advisor.detect.roundup import with_actors
from advisor.detect.tags import Tag
from advisor.detect.text import Text

_GROUND = frozenset({"city"})


def mentions_of(
    text: Text, tags: Sequence[Tag], places: Gazetteer, lexicons: Sequence[Lexicon], credulous: bool = False
) -> list[Mention]:
    """The places of the text, longest names first, with cues and groups; doubtful ones dropped unless `credulous`."""
    verb_last = any(lexicon.verb_last for lexicon in lexicons[:1])
    after = any(lexicon.adjective_after for lexicon in lexicons)
    found = _grounds(text, tags, cued(text, tags, lexicons, named(text, tags, places, lexicons)), after)
    home = lexicons[0].home if lexicons else None
    listed = with_borders(text, tags, in_lists(text, tags, found, verb_last))
    named_fully = of_fuller_names(text, listed, home)
    return with_actors(text, tags, believed_of(text, tags, named_fully, credulous))


def _grounds(text: Text, tags: Sequence[Tag], mentions: Sequence[Mention], adjective_after: bool) -> list[Mention]:
    """ "The Lebanese capital", "six Mexican states": the adjective of a ground says where, and owns no people."""
    there = {tag.first for tag in tags if tag.category == "there"}  # "the 150 Japanese there" are people
    grounds = [tag for tag in tags if tag.category in {"here", "ground"} and tag.first not in there]
    starts = {tag.first for tag in grounds if tag.last - tag.first == 1}  # "les Français du pays" are people
    ends = {tag.last for tag in grounds} if adjective_after else set()
    return [
        replace(mention, roles=_GROUND, cue="at")
        if "adjective" in mention.roles and _touches(text, mention, starts, ends)
        else mention
        for mention in mentions
    ]


def _touches(text: Text, mention: Mention, starts: Container[int], ends: Container[int]) -> bool:
    edges = [edge for edge, noun in ((mention.last, starts), (mention.first, ends)) if edge in noun]
    return any(text.between(edge - 1, edge) == " " for edge in edges)
