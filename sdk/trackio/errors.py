"""The one tree of exceptions of all three packages.

TrackioError
├── ProtocolError          bytes that are not what the format page says
│   ├── CorruptJournal     a journal segment, from a named byte on
│   └── VersionMismatch    a protocol or store version this program does not speak
├── DaemonUnavailable      no daemon answered within the deadline
├── StoreError
│   ├── StoreLocked        another daemon owns the data folder
│   ├── StoreUnsuitable    a network file system, or a folder that cannot be written
│   └── StoreFull          the disk or the quota is used up
├── NotFound               a project, run, metric or media item that does not exist
└── BadRequest             a request whose named field has an unusable value
"""

from __future__ import annotations


class TrackioError(Exception):
    """Anything that trackio itself reports."""


class ProtocolError(TrackioError):
    """Bytes that do not follow docs/FORMAT.md."""


class CorruptJournal(ProtocolError):
    """A journal segment whose bytes are damaged from `offset` on."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(f"{reason} at byte {offset}")
        self.reason = reason
        self.offset = offset


class VersionMismatch(ProtocolError):
    """A version of the protocol or the store that this program does not speak."""


class DaemonUnavailable(TrackioError):
    """No daemon answered within the deadline."""


class StoreError(TrackioError):
    """The store cannot do what was asked."""


class StoreLocked(StoreError):
    """Another daemon owns this data folder."""


class StoreUnsuitable(StoreError):
    """A folder in which the store cannot be kept."""


class StoreFull(StoreError):
    """No space is left for the store."""


class NotFound(TrackioError):
    """A project, run, metric or media item that does not exist."""


class BadRequest(TrackioError):
    """A request with an unusable value; the message names the field."""
