"""Every knob of the daemon: arguments over environment over defaults, into one frozen value made at the roof."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trackio.errors import BadRequest
from trackio.places import Places, data_folder, meet

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping


_GIB: Final = 2**30
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept of runs that are over, at most; None keeps everything."""

    #: Days since a run was last active (TRACKIO_KEEP_DAYS).
    days: int | None = None
    #: Runs in all, of each project and of each user (TRACKIO_KEEP_RUNS, …_PROJECT_RUNS, …_USER_RUNS).
    runs: int | None = None
    project_runs: int | None = None
    user_runs: int | None = None
    #: Bytes in all, of each project and of each user (TRACKIO_KEEP_GIB, …_PROJECT_GIB, …_USER_GIB).
    bytes: int | None = None
    project_bytes: int | None = None
    user_bytes: int | None = None

    def __bool__(self) -> bool:
        return self != Limits()


@dataclass(frozen=True, slots=True)
class Looks:
    """How the dashboard draws for all who look at it."""

    #: Metrics whose charts come first in projects that have no order of their own (TRACKIO_PLOT_ORDER, comma list).
    plot_order: tuple[str, ...] = ()
    #: Colours of runs in place of the usual ones, as #rrggbb (TRACKIO_COLOR_PALETTE, comma list).
    palette: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """What one daemon, and each of its child processes, goes by."""

    places: Places
    #: Address that the dashboard listens on (TRACKIO_HOST).
    host: str = "127.0.0.1"
    #: Port of the dashboard (TRACKIO_PORT); None takes the first free one of 7860 to 7959.
    port: int | None = None
    #: Further names that may stand in a request's Host header (TRACKIO_ALLOW_HOSTS, comma list).
    allow_hosts: tuple[str, ...] = ()
    #: Whether the daemon serves the dashboard at all.
    web: bool = True
    #: Encoder processes at once (TRACKIO_ENCODERS).
    encoders: int = 1
    #: Seconds that a writer without a journal has to greet a fresh daemon before it counts as crashed.
    grace_seconds: float = 10.0
    #: What is kept at most (TRACKIO_KEEP_…).
    limits: Limits = Limits()
    #: How the dashboard draws (TRACKIO_PLOT_ORDER, TRACKIO_COLOR_PALETTE).
    looks: Looks = Looks()


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that `from_arguments` reads."""
    parser.add_argument("--data", type=Path, help="data folder (default: $TRACKIO_DIR, or this user's data folder)")
    parser.add_argument("--host", help="address of the dashboard (default: 127.0.0.1)")
    parser.add_argument("--port", help="port of the dashboard (default: the first free one from 7860)")
    parser.add_argument("--allow-host", action="append", default=[], help="a further Host name to answer to")
    parser.add_argument("--no-web", action="store_true", help="store and encode only")


def from_arguments(given: Namespace, environment: Mapping[str, str]) -> Config:
    """Return the configuration, its folders made; raises BadRequest naming an unusable value, OSError from folders."""
    data = given.data.expanduser().absolute() if given.data else data_folder(environment)
    hosts = given.allow_host or _listed("TRACKIO_ALLOW_HOSTS", environment)
    cores = len(os.sched_getaffinity(0))
    port = _number("--port", given.port, 0, 65535)
    return Config(
        places=meet(data, environment),
        host=given.host or environment.get("TRACKIO_HOST") or "127.0.0.1",
        port=_number("TRACKIO_PORT", environment.get("TRACKIO_PORT"), 0, 65535) if port is None else port,
        allow_hosts=tuple(name for name in hosts if name),
        looks=Looks(tuple(_listed("TRACKIO_PLOT_ORDER", environment)), _palette(environment)),
        web=not given.no_web,
        encoders=_number("TRACKIO_ENCODERS", environment.get("TRACKIO_ENCODERS"), 1, 256) or max(1, cores // 4),
        limits=limits(environment),
    )


def as_they_are(given: Namespace, environment: Mapping[str, str]) -> Places:
    """Return the places of the data folder that is named, without making any: for whoever only reads."""
    data = (given.data.expanduser() if given.data else data_folder(environment)).resolve()
    return Places(data, (data / "runtime").resolve())


def limits(environment: Mapping[str, str]) -> Limits:
    """Return the limits that an environment sets; raises BadRequest naming an unusable one."""

    def read(name: str, unit: int = 1) -> int | None:
        number = _number(name, environment.get(name), 0, 10**9)
        return None if number is None else number * unit

    return Limits(
        days=read("TRACKIO_KEEP_DAYS"),
        runs=read("TRACKIO_KEEP_RUNS"),
        project_runs=read("TRACKIO_KEEP_PROJECT_RUNS"),
        user_runs=read("TRACKIO_KEEP_USER_RUNS"),
        bytes=read("TRACKIO_KEEP_GIB", _GIB),
        project_bytes=read("TRACKIO_KEEP_PROJECT_GIB", _GIB),
        user_bytes=read("TRACKIO_KEEP_USER_GIB", _GIB),
    )


def to_environment(limits: Limits) -> dict[str, str]:
    """Return the variables that make a child process read the same limits, whatever it inherits."""
    held = {
        "TRACKIO_KEEP_DAYS": limits.days,
        "TRACKIO_KEEP_RUNS": limits.runs,
        "TRACKIO_KEEP_PROJECT_RUNS": limits.project_runs,
        "TRACKIO_KEEP_USER_RUNS": limits.user_runs,
        "TRACKIO_KEEP_GIB": None if limits.bytes is None else limits.bytes // _GIB,
        "TRACKIO_KEEP_PROJECT_GIB": None if limits.project_bytes is None else limits.project_bytes // _GIB,
        "TRACKIO_KEEP_USER_GIB": None if limits.user_bytes is None else limits.user_bytes // _GIB,
    }
    return {name: "" if value is None else str(value) for name, value in held.items()}


def to_arguments(config: Config) -> list[str]:
    """Return the command-line options that make a child process read the same configuration."""
    options = ["--data", str(config.places.data), "--host", config.host]
    if config.port is not None:
        options += ["--port", str(config.port)]
    for name in config.allow_hosts:
        options += ["--allow-host", name]
    return options


def _listed(name: str, environment: Mapping[str, str]) -> list[str]:
    return [text.strip() for text in environment.get(name, "").split(",") if text.strip()]


def _palette(environment: Mapping[str, str]) -> tuple[str, ...]:
    colours = _listed("TRACKIO_COLOR_PALETTE", environment)
    for colour in colours:
        if not _COLOUR.fullmatch(colour):
            raise BadRequest(f"TRACKIO_COLOR_PALETTE must be a comma list of colours as #3f96ef, got {colour!r:.50}")
    return tuple(colours)


def _number(name: str, text: str | None, least: int, most: int) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadRequest(f"{name} must be a whole number from {least} to {most}, got {text!r}")
    return int(text)
