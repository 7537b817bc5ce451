"""Which launch this process is a rank of, told by what its launcher left in the environment; nobody is asked.

The ranks of one launch make one run: they all arrive at the same id for it by themselves.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from trackio.names import readable
from trackio.wire import MAX_RANKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackio.run import Beginning


class _Launcher(NamedTuple):
    """The variables in which a launcher tells ranks of each other; those of `key` tell launches apart."""

    name: str
    rank: str
    world: str
    key: tuple[str, ...]
    #: Whether every rank of a machine is a child of one process, which is another one for each launch.
    parent: bool


#: The first that has set its rank, its world and its keys counts. RANK alone comes last: wrappers set it beside the
#: others. SLURM_STEP_ID is set by srun only, so what a batch script starts by itself is no rank.
_LAUNCHERS: Final = (
    _Launcher("torchrun", "RANK", "WORLD_SIZE", ("TORCHELASTIC_RUN_ID",), parent=True),
    _Launcher("slurm", "SLURM_PROCID", "SLURM_NTASKS", ("SLURM_JOB_ID", "SLURM_STEP_ID"), parent=False),
    _Launcher("openmpi", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", ("PMIX_NAMESPACE",), parent=False),
    _Launcher("openmpi", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", ("OMPI_MCA_orte_hnp_uri",), parent=False),
    _Launcher("pmi", "PMI_RANK", "PMI_SIZE", (), parent=True),
    _Launcher("horovod", "HOROVOD_RANK", "HOROVOD_SIZE", (), parent=True),
    _Launcher("ranks", "RANK", "WORLD_SIZE", (), parent=True),
)
#: Launches of several machines have no common parent: these tell them apart as well as anything that all ranks know.
_MEETING: Final = ("MASTER_ADDR", "MASTER_PORT")
#: Variables in which launchers tell a process its number among those of its machine.
_LOCAL_RANKS: Final = (
    *("LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "PMI_LOCAL_RANK"),
    "HOROVOD_LOCAL_RANK",
)

_begun: Final[Counter[tuple[str, str]]] = Counter()


class Launch(NamedTuple):
    """This process's place among the `world` ranks of a launch; `attempt` counts how often it was started over."""

    launcher: str
    rank: int
    world: int
    attempt: int
    key: tuple[str, ...]

    def digest(self, project: str, name: str) -> bytes:
        """Return 16 bytes that are the same in all ranks for the n-th run of that name, and in no other launch."""
        from hashlib import blake2b  # noqa: PLC0415 -- only ranks need it, and import must stay light

        _begun[project, name] += 1
        parts = (self.launcher, *self.key, sys.argv[0], project, name, str(_begun[project, name]))
        return blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).digest()


#: No launch, or one of a single rank.
ALONE: Final = Launch("", 0, 1, 0, ())


def shared(beginning: Beginning, environment: Mapping[str, str]) -> Beginning:
    """Return `beginning` as that of the run which all ranks of this process's launch make together."""
    launch = detect(environment)
    if launch is ALONE:
        return beginning
    digest = launch.digest(beginning.project, beginning.name)
    name = beginning.name or readable(digest)
    return beginning._replace(id=beginning.id or digest.hex(), name=name, launch=launch)


def detect(environment: Mapping[str, str]) -> Launch:
    """Return the launch of more than one rank that `environment` tells of, ALONE if there is none."""
    for launcher in _LAUNCHERS:
        rank, world = _number(environment, launcher.rank), _number(environment, launcher.world)
        if rank is None or world is None or not all(environment.get(name) for name in launcher.key):
            continue
        if not rank < world or not 2 <= world <= MAX_RANKS:
            return ALONE
        key = [environment[name] for name in launcher.key]
        if launcher.parent:
            key += [environment.get(name, "") for name in _MEETING] if _is_spread(environment, world) else _parent()
        attempt = _number(environment, "TORCHELASTIC_RESTART_COUNT") or 0
        return Launch(launcher.name, rank, world, attempt, (str(os.getuid()), *key))
    return ALONE


def is_first_here(environment: Mapping[str, str]) -> bool:
    """Tell whether this process is the first, or the only one, of its launch on this machine."""
    numbers = [environment[name] for name in _LOCAL_RANKS if environment.get(name)]
    return numbers[0] == "0" if numbers else detect(environment).rank == 0


def _number(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None


def _is_spread(environment: Mapping[str, str], world: int) -> bool:
    """Tell whether there are ranks on other machines, too."""
    return world > (_number(environment, "LOCAL_WORLD_SIZE") or world)


def _parent() -> list[str]:
    """Return what names the process that started this one, also when its number is given to another one later."""
    parent = os.getppid()
    try:
        with open(f"/proc/{parent}/stat", "rb") as stat:  # noqa: PTH123 -- pathlib costs more than the rest
            began = stat.read().rpartition(b")")[2].split()[19].decode()
    except (OSError, IndexError):
        began = ""
    return [os.uname().nodename, str(parent), began]
