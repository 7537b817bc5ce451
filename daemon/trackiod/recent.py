"""What was read from blobs lately and may be asked for again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from trackio.errors import NotFound
from trackiod.store import objects

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

T = TypeVar("T")

#: Files up to this many bytes are kept decoded, this many of them.
_KEPT_BYTES: Final = 64 * 2**20
_KEPT: Final = 4


class Recent(Generic[T]):
    """Keeps what was made of the blobs that were read last. Safe for threads."""

    def __init__(self, blobs: Path) -> None:
        self._blobs = blobs
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, blob: str, make: Callable[[bytes], T]) -> T:
        """Return what `make` returns for a blob's bytes, or returned lately under this key; raises NotFound."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        data = self.read(blob)
        made = make(data)
        with self._lock:
            if len(data) <= _KEPT_BYTES:
                self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made

    def read(self, blob: str) -> bytes:
        """Return a blob's bytes; raises NotFound if they cannot be had."""
        try:
            return objects.blob_path(self._blobs, blob).read_bytes()
        except OSError as error:
            raise NotFound(f"the file of this item cannot be read: {error.strerror}") from error
