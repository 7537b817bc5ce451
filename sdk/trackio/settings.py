"""Every knob of the SDK: arguments over environment over defaults, in one frozen value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    Mode = Literal["online", "offline", "disabled"]
    Distributed = Literal["auto", "rank0", "separate"]

_MODES: Final = ("online", "offline", "disabled")
_DISTRIBUTED: Final = ("auto", "rank0", "separate")
_MIB: Final = 2**20
#: A longer list would say no more of an order.
_MOST_LISTED: Final = 100


class Settings(NamedTuple):
    """How a process logs.

    `mode` "offline" keeps the journal on disk for a later daemon, "disabled" keeps nothing. `distributed` "auto" makes
    one run of all ranks of a launch, "rank0" keeps only what rank 0 logs, "separate" makes a run of each. The three
    byte limits hold for what no daemon has taken yet: the size of one segment, what this process may keep on tmpfs
    before segments move to disk, and what a run may keep on disk before rows are refused and counted. `plot_order`
    names the metrics whose charts come first in the project: as they are, or with `*` for anything.
    """

    mode: Mode = "online"
    distributed: Distributed = "auto"  # TRACKIO_DISTRIBUTED
    segment_bytes: int = _MIB  # TRACKIO_SEGMENT_BYTES
    memory_bytes: int = 64 * _MIB  # TRACKIO_MEMORY_BYTES
    media_bytes: int = 256 * _MIB  # TRACKIO_MEDIA_BYTES
    disk_bytes: int = 4096 * _MIB  # TRACKIO_DISK_BYTES
    finish_seconds: float = 5.0  # TRACKIO_FINISH_SECONDS
    plot_order: tuple[str, ...] = ()  # TRACKIO_PLOT_ORDER, comma list

    @classmethod
    def read(cls, environment: Mapping[str, str], mode: str | None = None, distributed: str | None = None) -> Settings:
        """Return the settings that `environment` asks for; raises ValueError naming an unusable variable."""
        return cls(
            mode=cast("Mode", _choice(environment, "mode", mode, _MODES)),
            distributed=cast("Distributed", _choice(environment, "distributed", distributed, _DISTRIBUTED)),
            segment_bytes=int(_number(environment, "TRACKIO_SEGMENT_BYTES", cls().segment_bytes, 4096)),
            memory_bytes=int(_number(environment, "TRACKIO_MEMORY_BYTES", cls().memory_bytes, 0)),
            media_bytes=int(_number(environment, "TRACKIO_MEDIA_BYTES", cls().media_bytes, 0)),
            disk_bytes=int(_number(environment, "TRACKIO_DISK_BYTES", cls().disk_bytes, 0)),
            finish_seconds=_number(environment, "TRACKIO_FINISH_SECONDS", cls().finish_seconds, 0),
            plot_order=_listed(environment, "TRACKIO_PLOT_ORDER"),
        )


def _choice(environment: Mapping[str, str], name: str, given: str | None, choices: tuple[str, ...]) -> str:
    """Return what is given, or stands in the environment; by default the first of the choices."""
    variable = f"TRACKIO_{name.upper()}"
    told, found = (name, given) if given is not None else (variable, environment.get(variable) or choices[0])
    if found not in choices:
        raise ValueError(f"{told} must be one of {', '.join(choices)}; got {found!r}")
    return found


def _listed(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    texts = [text.strip() for text in environment.get(name, "").split(",")]
    return tuple(text for text in texts if text)[:_MOST_LISTED]


def _number(environment: Mapping[str, str], name: str, default: float, least: float) -> float:
    text = environment.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not least <= value < 2**62:
        raise ValueError(f"{name} must be a number of at least {least:g}; got {text!r}")
    return value
