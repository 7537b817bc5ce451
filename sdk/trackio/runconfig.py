"""The dict behind `trackio.config`: values as attributes, too, and every change is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

Changed = Callable[[dict[str, Any], tuple[str, ...]], None]


class RunConfig(dict[str, Any]):
    """A run's configuration; changes are stored whenever they are made, before or after the first log().

    `config.lr` reads `config["lr"]`; `update(…, allow_val_change=True)` is accepted, since every change is allowed.
    """

    __slots__ = ("_changed",)

    def __init__(self, values: Mapping[str, Any], changed: Changed) -> None:
        super().__init__(values)
        object.__setattr__(self, "_changed", changed)

    def _tell(self, values: dict[str, Any], removed: tuple[str, ...] = ()) -> None:
        if values or removed:
            self._changed(values, removed)

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._tell({key: value})

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self._tell({}, (key,))

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the configuration has no {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self:
            raise AttributeError(f"the configuration has no {name!r}")
        del self[name]

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]
        self.update(other)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def update(self, *others: Any, allow_val_change: bool | None = None, **more: Any) -> None:
        """Set many keys. Every change is allowed; `allow_val_change` is for callers that know another tracker."""
        del allow_val_change
        values = {key: value for other in others for key, value in _pairs(other).items()} | more
        super().update(values)
        self._tell(values)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, set to `default` if there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: str, *default: Any) -> Any:
        """Remove a key and return its value."""
        there = key in self
        value = super().pop(key, *default)
        self._tell({}, (key,) if there else ())
        return value

    def popitem(self) -> tuple[str, Any]:
        """Remove the last key and return it with its value."""
        key, value = super().popitem()
        self._tell({}, (key,))
        return key, value

    def clear(self) -> None:
        """Remove all keys."""
        keys = tuple(self)
        super().clear()
        self._tell({}, keys)


def _pairs(given: Any) -> dict[str, Any]:
    """Return what a dict may be updated with, as a dict: also pairs, however they come."""
    try:
        return as_mapping(given)
    except TypeError:
        return as_mapping(dict(given))


def as_mapping(given: Any) -> dict[str, Any]:
    """Return a configuration (mapping, dataclass, argparse.Namespace, anything with to_dict() or attributes) as a dict.

    Raises TypeError for what has no named values.
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {str(key): value for key, value in given.items()}
    if hasattr(type(given), "__dataclass_fields__"):
        from dataclasses import fields  # noqa: PLC0415 -- who made the dataclass has imported it

        return {field.name: getattr(given, field.name) for field in fields(given)}
    if callable(getattr(given, "to_dict", None)):
        return as_mapping(given.to_dict())
    if isinstance(given, (list, tuple)) and given and all(isinstance(p, tuple) and len(p) == 2 for p in given):
        return {str(key): value for key, value in given}
    if hasattr(given, "__dict__") and not isinstance(given, type):
        return {key: value for key, value in vars(given).items() if not key.startswith("_")}
    raise TypeError(f"a configuration is a dict, a dataclass, a Namespace or has to_dict(); got {type(given).__name__}")
