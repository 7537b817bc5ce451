"""The current run and its fellows: each context may have its own, every thread sees at least the newest."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from trackio.run import Run

T = TypeVar("T")


class Current(Generic[T]):
    """A value that a context sets for itself; threads that set none see what was set last, anywhere in the process."""

    def __init__(self, name: str) -> None:
        self._own: ContextVar[T | None] = ContextVar(name)
        #: own_or(newest) is get() without a call of Python's, for the one caller to whom this matters.
        self.own_or = self._own.get
        self.newest: T | None = None

    def get(self) -> T | None:
        """Return this context's value, or the newest of any; None if there is none."""
        return self._own.get(self.newest)

    def own(self) -> T | None:
        """Return what this context has set itself, None if nothing."""
        return self._own.get(None)

    def set(self, value: T | None) -> None:
        """Set the value for this context, and for all that have none of their own.

        None takes back what this context set; what another one set last stays.
        """
        if value is not None or self.newest is self.own():
            self.newest = value
        self._own.set(value)


current_run: Current[Run] = Current("current_run")
current_project: Current[str] = Current("current_project")
current_server: Current[str] = Current("current_server")
current_space_id: Current[str] = Current("current_space_id")
current_server_write_token: Current[str] = Current("current_server_write_token")
