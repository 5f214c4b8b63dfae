"""What was worked out from one version of the records, kept in memory for the next reader."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Kept:
    """Values of one version: a newer version drops them all, since any of them may have changed.

    Args:
        most: how much to hold, in the unit of `put`'s sizes; what was asked for longest ago goes
            first. 0 holds nothing.
    """

    def __init__(self, most: int) -> None:
        """Start empty."""
        self.most = most
        self.held = 0
        self._version: Hashable = None
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, version: Hashable, key: Hashable) -> Any | None:
        """The value of this version, or None where it is not held."""
        with self._lock:
            if version != self._version or key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, version: Hashable, key: Hashable, value: Any, size: int = 1) -> None:
        """Hold a value that nobody will change, unless it is larger than everything may be."""
        with self._lock:
            if version != self._version:
                self._clear()
                self._version = version
            if size > self.most or key in self._values:
                return
            self._values[key] = value, size
            self.held += size
            while self.held > self.most:
                self.held -= self._values.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Hold nothing."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._values.clear()
        self.held = 0


class Recent(Generic[T]):
    """One value, asked for afresh once it is older than some seconds; 0 for each time."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Hold nothing yet."""
        self.seconds = seconds
        self._clock = clock
        self._held: tuple[float, T] | None = None

    def get(self, make: Callable[[], T]) -> T:
        """The value that is held, or what `make` gives now."""
        now, held = self._clock(), self._held
        if held is None or now >= held[0]:
            held = self._held = now + self.seconds, make()
        return held[1]
