"""The life of the web process: a port, its address for others to find, and an end with its parent."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import json
import os
import secrets
import signal
import socket
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from aiohttp import web

from trackio_web.guard import Door

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trackiod.config import Config

_PORTS: Final = range(7860, 7960)
#: Threads that ask the store and read files; more would only wait for each other.
_THREADS: Final = 8
_GOODBYE_SECONDS: Final = 2.0


def serve(config: Config, make_app: Callable[[Door], web.Application]) -> None:
    """Serve until SIGTERM, SIGINT or the end of a piped stdin; raises OSError if no port is free."""
    listening = listen(config.host, config.port)
    asyncio.run(_serve(config, make_app, listening))


def listen(host: str, port: int | None) -> socket.socket:
    """Return a listening socket on `port`, or on the first free one of 7860 to 7959; raises OSError."""
    family, _, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    ports = _PORTS if port is None else (port,)
    for candidate in ports:
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address[0], candidate))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return listening
    raise OSError(errno.EADDRINUSE, f"no free port on {host} among {ports[0]} to {ports[-1]}; choose one with --port")


def door(config: Config, token: str) -> Door:
    """Return what requests are checked against: beyond loopback, the token and this machine's own name too."""
    hosts = frozenset(name.lower() for name in config.allow_hosts)
    if _is_loopback(config.host):
        return Door(hosts)
    return Door(hosts | {socket.gethostname().lower()}, token)


def write_address(path: Path, url: str, token: str) -> None:
    """Leave `{"url", "pid", "token"}` for this user's other processes, whole or not at all, readable by nobody else."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"url": url, "pid": os.getpid(), "token": token}, file)
    fresh.replace(path)


def remove_address(path: Path) -> None:
    """Remove the address if it is still ours."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        if json.loads(path.read_text())["pid"] == os.getpid():
            path.unlink()


def url_of(host: str, port: int) -> str:
    """Return the address that a browser on this machine opens."""
    address = "127.0.0.1" if host in {"0.0.0.0", ""} else "[::1]" if host == "::" else host  # noqa: S104 -- compared
    return (
        f"http://[{address}]:{port}" if ":" in address and not address.startswith("[") else f"http://{address}:{port}"
    )


async def _serve(config: Config, make_app: Callable[[Door], web.Application], listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="store reader"))
    ended = _end(loop)
    token = secrets.token_urlsafe(24)
    runner = web.AppRunner(make_app(door(config, token)), access_log=None, shutdown_timeout=_GOODBYE_SECONDS)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        url = url_of(config.host, listening.getsockname()[1])
        write_address(config.places.web_address, url, token)
        await ended.wait()
    finally:
        remove_address(config.places.web_address)
        await runner.cleanup()


def _end(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """Return an event that is set by SIGTERM, SIGINT, or the end of stdin where that is a pipe from a parent."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if sys.stdin is not None and not sys.stdin.closed and _is_pipe(sys.stdin.fileno()):
        descriptor = sys.stdin.fileno()
        os.set_blocking(descriptor, False)

        def heard() -> None:
            with contextlib.suppress(BlockingIOError):
                if not os.read(descriptor, 4096):
                    loop.remove_reader(descriptor)
                    ended.set()

        loop.add_reader(descriptor, heard)
    return ended


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
