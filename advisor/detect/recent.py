"""A memory of bounded size: what texts keep asking for stays, what they have stopped asking for goes.

News repeats its words, so what was found out about a word is worth keeping; names of people and typing errors would
fill any memory. Forgetting everything at once would cost the common words again and again.
"""

from __future__ import annotations

from typing import Generic, TypeVar

_HALF = 120  # so many of late, and at most as many from before, where nothing else is said

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Two halves: new things enter the younger; when that is full, it becomes the older, and the older is forgotten.

    Threads may share it: what one of them loses is found out again.
    """

    def __init__(self, half: int = _HALF) -> None:
        self._half = half
        self.now: dict[Key, Value] = {}  # whoever asks for much looks here first
        self._before: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        value = self.now.get(key)
        if value is None and (value := self._before.get(key)) is not None:
            self[key] = value
        return value

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self.now) >= self._half:
            self.now, self._before = {}, self.now
        self.now[key] = value
