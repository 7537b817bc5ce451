"""What log() and log_system() are given → values that a record may hold; what cannot be had is counted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from trackio import values
from trackio.devices import Number
from trackio.files import described
from trackio.journal import Full
from trackio.values import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trackio.devices import Arrivals
    from trackio.journal import Journal
    from trackio.losses import Losses
    from trackio.waiting import Waiting
    from trackio.wire import Row


class Intake:
    """Reads values one by one, each at its own risk. row() · arrived() · numbers(), under its writer's lock."""

    def __init__(self, journal: Journal, waiting: Waiting, losses: Losses) -> None:
        self._journal, self._waiting, self._losses = journal, waiting, losses

    def row(self, metrics: Mapping[Any, Any]) -> dict[str, Any]:
        """Return the values of a row: plain ones, and Numbers for those on a device, whose copies are begun."""
        row: dict[str, Any] = {}
        for name, value in metrics.items():
            key = values.key(name)
            if key != name:
                self._losses.warn(f"the metric {name!r:.80} is stored as {key!r:.80}", once=key)
            if key in row:
                self._losses.refuse("value", f"{key!r:.80} was given twice; the last value counts", once=key)
            self._keep(row, key, partial(self._value, value))
        return row

    def arrived(self, row: Row, arrivals: Arrivals) -> Row:
        """Return a row that waited with its numbers in place."""

        def read(value: Any) -> Any:
            if type(value) is not Number:
                return value
            if arrivals.error is not None:
                raise arrivals.error
            return values.plain(value.there)

        found: dict[str, Any] = {}
        for key, value in row.values.items():
            self._keep(found, key, partial(read, value))
        return row._replace(values=found)

    def numbers(self, metrics: Any, into: dict[str, Any]) -> None:
        """Read system metrics, which are numbers, as far as they go; raises what going through them does."""
        for name, value in metrics.items():
            self._keep(into, values.key(name), partial(_number, value))

    def _value(self, value: Any) -> Any:
        """Return a value as a plain one, or as a number on its way from a device."""
        found = self._waiting.pool.take(value)
        return found if type(found) is Number else values.plain(found, self._file)

    def _file(self, media: Any) -> dict[str, Any]:
        return described(media, self._journal.file)

    def _keep(self, row: dict[str, Any], key: str, read: Callable[[], Any]) -> None:
        """Put a value into a row; what cannot be had is counted."""
        try:
            row[key] = read()
        except Full as full:
            self._losses.refuse(str(full), f"{key!r:.80} was not kept: there is no room for it")
        except Refused as refused:
            self._losses.refuse("value", f"{key!r:.80} was not logged: {refused}", once=key)
        except Exception as error:  # noqa: BLE001 -- foreign objects may do anything when asked for their value
            self._losses.refuse("value", f"{key!r:.80} was not logged: {type(error).__name__}: {error}", once=key)


def _number(value: Any) -> float:
    found = values.plain(value)
    if not isinstance(found, (int, float)):
        raise Refused(f"a system metric is a number, got {found!r:.80}")
    return found
