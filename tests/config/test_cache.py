"""What is compiled once is kept: loading everything again reads, it does not compile."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.config.knowledge import knowledge


def test_lexicons_and_places_are_kept_and_read_back_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    made = knowledge()
    kept = {file.name.partition("-")[0]: file.read_bytes() for file in tmp_path.iterdir()}
    assert kept.keys() == {"lexicons", "places"}
    read = knowledge()
    for language, lexicon in made.lexicons.items():
        again = read.lexicons[language]
        assert [list(trie.phrases()) for trie in again.tries] == [list(trie.phrases()) for trie in lexicon.tries]
        assert (again.prefixes, again.alphabet) == (lexicon.prefixes, lexicon.alphabet)
    assert [read.places.table[number] for number in range(len(read.places.table))] == [
        made.places.table[number] for number in range(len(made.places.table))
    ]
