"""Functions that write rows of one shape: made as Python source, since unrolled it takes a fifth less of a log()."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    #: pack(memory, at, step, time in ns, metrics): whether these were written.
    Pack = Callable[[Any, int, int, int, dict[Any, Any]], bool]

#: With more keys, unrolling takes long and gains nothing.
MAX_KEYS: Final = 32

#: The keys and types are given when it is made: no name of a metric is ever part of the source.
_SOURCE: Final = """
def make(keys, types, pack_into, head, commit):
    {keys} = keys
    {types} = types
    def pack(memory, at, step, time, metrics):
        try:
            {reads}
        except KeyError:
            return False
        if {checks}:
            pack_into(memory, at, head, step, time, {values} commit)
            return True
        return False
    return pack
"""


def packer(
    keys: tuple[str, ...], types: tuple[type, ...], pack_into: Callable[..., None], head: bytes, commit: int
) -> Pack:
    """Return what writes a dict of as many items as `keys`, 1 to MAX_KEYS, and tells whether it has these and `types`.

    It writes nothing if they differ; raises as `pack_into` does.
    """
    pack: Pack = _maker(len(keys))(keys, types, pack_into, head, commit)
    return pack


@cache
def _maker(count: int) -> Callable[..., Any]:
    numbers = range(count)
    source = _SOURCE.format(
        keys="".join(f"k{n}, " for n in numbers),
        types="".join(f"t{n}, " for n in numbers),
        reads="; ".join(f"v{n} = metrics[k{n}]" for n in numbers),
        checks=" and ".join(f"type(v{n}) is t{n}" for n in numbers),
        values="".join(f"v{n}, " for n in numbers),
    )
    made: dict[str, Any] = {}
    exec(source, made)  # noqa: S102 -- of numbers alone
    found: Callable[..., Any] = made["make"]
    return found
