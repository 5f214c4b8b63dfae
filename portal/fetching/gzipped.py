"""What comes packed, unpacked up to a limit."""

from __future__ import annotations

import zlib


class NotGzip(Exception):
    """It is no gzip at all, or its end is missing: `cut_off` says which."""

    def __init__(self, cut_off: bool) -> None:
        """Keep which."""
        super().__init__()
        self.cut_off = cut_off


class TooLarge(Exception):
    """Unpacked it is larger than the limit."""


def unpacked(data: bytes, largest: int) -> bytes:
    """The bytes in a gzip.

    Args:
        data: the gzip.
        largest: how many bytes it may hold; no more are unpacked.

    Raises:
        NotGzip: it cannot be read to its end.
        TooLarge: it holds more.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(data, largest + 1)
    except zlib.error:
        raise NotGzip(cut_off=False) from None
    if len(found) > largest:
        raise TooLarge
    if not unpacker.eof:
        raise NotGzip(cut_off=True)
    return found
