"""A folder of clippings as a source."""

from datetime import UTC, datetime

from advisor.model import Failure, SourceState, Unchanged
from advisor.poll import Listing, list_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_files_become_documents_with_path_bytes_and_time(tmp_path):
    (tmp_path / "b.md").write_text("# B")
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.html").write_text("<p>C</p>")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / ".hidden.txt").write_text("no")
    listing = list_folder(str(tmp_path), NOW)
    assert isinstance(listing, Listing)
    assert [document.url for document in listing.documents] == [
        str(tmp_path / name) for name in ("a.txt", "b.md", "sub/c.html")
    ]
    assert [document.content_type for document in listing.documents] == [
        "text/plain",
        "text/markdown",
        "text/html",
    ]
    assert listing.documents[0].body == b"A"
    assert listing.documents[0].validators.last_modified.endswith("GMT")


def test_an_untouched_folder_is_unchanged_and_a_new_file_is_seen(tmp_path):
    (tmp_path / "a.txt").write_text("A")
    first = list_folder(str(tmp_path), NOW)
    assert list_folder(str(tmp_path), NOW, first.validators) == Unchanged(NOW)
    (tmp_path / "b.txt").write_text("B")
    assert len(list_folder(str(tmp_path), NOW, first.validators).documents) == 2


def test_a_missing_folder_is_dead(tmp_path):
    result = list_folder(str(tmp_path / "none"), NOW)
    assert isinstance(result, Failure)
    assert result.state is SourceState.DEAD


def test_a_giant_file_is_skipped_with_its_reason(tmp_path):
    (tmp_path / "big.txt").write_bytes(b"x" * (6 * 2**20))
    (tmp_path / "a.txt").write_text("A")
    listing = list_folder(str(tmp_path), NOW)
    assert len(listing.documents) == 1
    assert "big.txt" in listing.skipped[0]
