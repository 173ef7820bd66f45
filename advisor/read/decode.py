"""Bytes to text: the header, the byte order mark, the document's own declaration, then detection."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

_MARKS = (  # longest first: UTF-32-LE begins like UTF-16-LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_PROLOG = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']""")
# What browsers do (WHATWG Encoding, section 4.2): these labels mean their Windows supersets.
_SUPERSETS = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "gb2312": "gb18030", "gbk": "gb18030",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "x-sjis": "cp932",
}  # fmt: skip
# Differ from the usual Windows charsets in a few letters, and no publisher writes them.
_NOT_ON_THE_WEB = ["mac_cyrillic", "mac_greek", "mac_iceland", "mac_latin2", "mac_roman", "mac_turkish"]


def text_of(body: bytes, content_type: str | None = None) -> str:
    """The text of an HTML page or a plain file; unreadable bytes become U+FFFD, NUL is dropped."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _clean(body[len(mark) :].decode(encoding, "replace"))
    candidates = [header_charset(content_type), _wide(body), "utf-8", *_own_words(body)]
    for name in candidates:
        if name and (text := _strictly(body, name)) is not None:
            return _clean(text)
    return _clean(body.decode(_detected(body), "replace"))


def mended(body: bytes, content_type: str | None) -> str | None:
    """The text of an XML document that is no clean UTF-8, though it says so or nothing: with its few broken
    characters replaced, or as detected. None: clean, or in a charset that it names.
    """
    prolog = _PROLOG.search(body[:8192])
    said = {name.lower() for name in (header_charset(content_type), prolog and prolog[1].decode()) if name}
    if not said <= {"utf-8", "utf8"} or is_wide(body):
        return None
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if not bad:
        return None
    if bad * 2 < sum(1 for character in text if character > "\x7f"):
        return _clean(text)
    return _clean(body.decode(_detected(body), "replace"))


def json_value(text: str) -> Any:
    """As `json.loads`, halves of surrogate pairs replaced: JSON may carry them, no encoding and no database takes them.

    Raises ValueError and RecursionError.
    """
    value = json.loads(text)
    return _whole(value) if "\\ud" in text or "\\uD" in text else value


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


def header_charset(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type header."""
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", content_type or "", re.IGNORECASE)
    return found[1] if found else None


def _own_words(body: bytes) -> list[str]:
    head = body[:8192]
    found = [pattern.search(head) for pattern in (_PROLOG, _DECLARED)]
    return [match[1].decode("ascii", "replace") for match in found if match]


def _wide(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the zeros are: only in the high halves of characters."""
    head = body[: 4 * (min(len(body), 400) // 4)]
    zeros = [head[place::4].count(0) for place in range(4)]
    quads = len(head) // 4
    if not any(zeros):
        return None
    if zeros[2] == zeros[3] == quads and zeros[0] == 0:
        return "utf-32-le"
    if zeros[0] == zeros[1] == quads and zeros[3] == 0:
        return "utf-32-be"
    if zeros[0] + zeros[2] == 0 and zeros[1] + zeros[3] > quads / 20:
        return "utf-16-le"
    if zeros[1] + zeros[3] == 0 and zeros[0] + zeros[2] > quads / 20:
        return "utf-16-be"
    return None


def is_wide(body: bytes) -> bool:
    """Whether the characters take two or four bytes each."""
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    return marked or _wide(body) is not None


def is_binary(body: bytes) -> bool:
    """Whether a file is no text: zeros, control characters or unreadable bytes all over."""
    if not is_wide(body) and body[:4000].count(0) > 3:
        return True
    head = text_of(body)[:4000]
    odd = sum(1 for character in head if character == "\ufffd" or (character < " " and character not in "\t\n\r\f\x1b"))
    return odd > max(3, len(head) // 20)


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(_SUPERSETS.get(name.lower(), name))
    except (LookupError, ValueError, TypeError, AssertionError):  # codecs like "hex" raise what they like
        return None


def _detected(body: bytes) -> str:
    from charset_normalizer import from_bytes  # 30 ms to import, needed for one page in a thousand

    best = from_bytes(body[:20_000], cp_exclusion=_NOT_ON_THE_WEB).best()
    return best.encoding if best is not None else "utf-8"


def _clean(text: str) -> str:
    return text.replace("\0", "")
