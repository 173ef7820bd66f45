"""Places in a text: which country each name, adjective, people or city means, and in what way it stands there.

    named → cues → lists → doubt

Who owns an office and where it stands is `heads`' business.
"""

from __future__ import annotations

from collections.abc import Sequence

from advisor.detect.cues import cued
from advisor.detect.doubt import believed_of
from advisor.detect.knowledge import Gazetteer, Lexicon
from advisor.detect.lists import in_lists
from advisor.detect.mentions import Mention
from advisor.detect.named import named, of_fuller_names
from advisor.detect.tags import Tag
from advisor.detect.text import Text


def mentions_of(
    text: Text, tags: Sequence[Tag], places: Gazetteer, lexicons: Sequence[Lexicon], credulous: bool = False
) -> list[Mention]:
    """The places of the text, longest names first, with cues and groups; doubtful ones dropped unless `credulous`."""
    verb_last = any(lexicon.verb_last for lexicon in lexicons[:1])
    found = cued(text, tags, lexicons, named(text, tags, places, lexicons))
    return believed_of(text, tags, of_fuller_names(text, in_lists(text, tags, found, verb_last)), credulous)
