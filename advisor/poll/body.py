"""A response's body within bounds: bytes on the wire and bytes after inflating are both counted.

Only gzip and deflate are asked for and understood (RFC 9110, section 8.4.1). httpx would inflate a whole
chunk before anyone could say stop, so the raw bytes are read and inflated here with a limit.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable


class TooLarge(Exception):
    """The body is larger than we accept; the text is a sentence."""


class Garbled(Exception):
    """The body cannot be what its headers say; the text is a sentence."""


def bounded(chunks: Iterable[bytes], encoding: str, wire_limit: int, limit: int) -> bytes:
    """The inflated body. Raises TooLarge beyond either limit and Garbled for broken or unknown encodings."""
    decode = _decoder(encoding)
    out = bytearray()
    wire = 0
    for chunk in chunks:
        wire += len(chunk)
        if wire > wire_limit:
            raise TooLarge(f"the answer is larger than {_size(wire_limit)}")
        out += decode(chunk, limit + 1 - len(out))
        if len(out) > limit:
            raise TooLarge(f"the answer is larger than {_size(limit)} when unpacked")
    out += decode(None, limit + 1 - len(out))
    return bytes(out)


def _size(limit: int) -> str:
    return f"{limit / 2**20:.0f} MiB" if limit >= 2**20 else f"{limit} bytes"


Decode = Callable[[bytes | None, int], bytes]


def _decoder(encoding: str) -> Decode:
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return lambda chunk, room: chunk or b""
    if name in {"gzip", "x-gzip", "deflate"}:
        return _Inflater(name).feed
    raise Garbled(f"the answer is packed as {name[:40]!r}, which was not asked for")


class _Inflater:
    """gzip (several members too), zlib, raw deflate, and plain bytes mislabelled as packed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream: zlib._Decompress | None = None
        self._plain = False

    def feed(self, chunk: bytes | None, room: int) -> bytes:
        if chunk is None:
            if self._stream is not None and not self._stream.eof:
                raise Garbled("the packed answer ends early")
            return b""
        if self._stream is None and chunk:
            self._begin(chunk)
        if self._plain:
            return chunk
        try:
            return self._inflate(chunk, room)
        except zlib.error as error:
            raise Garbled("the packed answer is damaged") from error

    def _begin(self, chunk: bytes) -> None:
        if self._name == "deflate":
            # RFC 9110 means zlib's wrapper; some servers send the bare stream (first byte tells).
            wrapped = chunk[0] & 0x0F == 8 and (len(chunk) < 2 or (chunk[0] * 256 + chunk[1]) % 31 == 0)
            self._stream = zlib.decompressobj(15 if wrapped else -15)
        elif chunk[:2] == b"\x1f\x8b"[: len(chunk)]:
            self._stream = zlib.decompressobj(31)
        else:
            self._plain = True

    def _inflate(self, chunk: bytes, room: int) -> bytes:
        out = bytearray()
        while chunk and len(out) < room and self._stream is not None:
            if self._stream.eof:
                if self._name == "deflate" or chunk[:1] != b"\x1f":
                    break  # padding after the end
                self._stream = zlib.decompressobj(31)
            out += self._stream.decompress(chunk, room - len(out))
            chunk = self._stream.unconsumed_tail or self._stream.unused_data
        return bytes(out)
