"""Track experiments: `init()` a run, `log()` metrics and media, `finish()`; `show()` the dashboard.

    import trackio

    trackio.init(project="my-project", config={"learning_rate": 0.001})
    for step in range(100):
        trackio.log({"loss": 1 / (step + 1)})
    trackio.finish()

Importing starts no thread, opens no socket and reads no environment.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackio import context_vars, cpu, gpu, values
from trackio.alerts import AlertLevel, Webhook
from trackio.audio import Audio
from trackio.cpu import available as cpu_available
from trackio.gpu import available as gpu_available
from trackio.html import Html
from trackio.launch import shared
from trackio.media import Histogram, Image, Markdown, Table, Video
from trackio.names import readable
from trackio.object3d import Object3D
from trackio.places import data_folder, meet
from trackio.resume import resumed
from trackio.run import TIMED_EVERY, Beginning, Run
from trackio.runconfig import as_mapping
from trackio.sampler import Wanted
from trackio.settings import Settings
from trackio.trace import Trace
from trackio.version import VERSION as __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from trackio.api import Api

__all__ = [
    "AlertLevel",
    "Api",
    "Audio",
    "Histogram",
    "Html",
    "Image",
    "Markdown",
    "Object3D",
    "Run",
    "Table",
    "Trace",
    "Video",
    "__version__",
    "alert",
    "config",
    "context_vars",
    "cpu_available",
    "delete_project",
    "finish",
    "freeze",
    "gpu_available",
    "import_csv",
    "import_tf_events",
    "init",
    "log",
    "log_cpu",
    "log_gpu",
    "log_system",
    "show",
    "sync",
]


def __getattr__(name: str) -> Any:
    if name == "Api":
        # Only who reads back needs HTTP.
        from trackio.api import Api  # noqa: PLC0415

        return Api
    raise AttributeError(f"module 'trackio' has no attribute {name!r}")


#: The current run's configuration, a plain dict before init(); `import trackio; trackio.config["lr"]`.
config: dict[str, Any] = {}

_CLOUD = "trackio stores on this machine; {} is ignored"


def init(
    project: str,
    name: str | None = None,
    group: str | None = None,
    space_id: str | None = None,
    server_url: str | None = None,
    dataset_id: str | None = None,
    bucket_id: str | None = None,
    config: Any = None,
    resume: Literal["never", "allow", "must"] = "never",
    settings: Any = None,
    private: bool | None = None,
    embed: bool = True,
    auto_log_gpu: bool | None = None,
    gpu_log_interval: float = 10.0,
    auto_log_cpu: bool | None = None,
    cpu_log_interval: float = 10.0,
    webhook_url: str | None = None,
    webhook_min_level: Any = None,
    *,
    mode: Literal["online", "offline", "disabled"] | None = None,
    distributed: Literal["auto", "rank0", "separate"] | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    id: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    job_type: str | None = None,
    entity: str | None = None,
    reinit: Any = None,
) -> Run:
    """Begin a run and make it the current one; returns without waiting for the daemon, which is started if need be.

    `project`: any name, made if it does not exist. `name`: default a readable one like "brave-forest-41". `group`:
    runs of one group are shown together. `config`: a dict, dataclass, Namespace or anything with to_dict(); its keys
    must not begin with an underscore. `resume`: "never" makes a new run; "must" continues the newest run of that name,
    its steps going on, and raises ValueError if there is none; "allow" continues it or makes one. `mode`: "online"
    (default, or $TRACKIO_MODE), "offline" (kept on disk until a daemon runs), "disabled" (nothing is kept).
    `distributed`: what the ranks of one launch (torchrun, srun, mpirun, …) make: "auto" (default, or
    $TRACKIO_DISTRIBUTED) one run, of which each is a member; "rank0" one run that the others log nothing into;
    "separate" a run each. Nothing waits for another rank. `id`: the run's id, default 32 random hex digits. `dir`: the
    data folder, default $TRACKIO_DIR. `tags`, `notes`: shown with the run; `job_type` is kept as a tag.

    `auto_log_cpu`, `auto_log_gpu`: whether the run is told of processors, memory, disks and network, and of all NVIDIA
    GPUs of this machine, every `cpu_log_interval` and `gpu_log_interval` seconds; default: if there are any, and this
    process is the first of its launch here. It takes at most 0.1 % of a core: what takes longer is done less often.

    `webhook_url`: an http or https address that is told of alerts from `webhook_min_level` on ("info", "warn",
    "error"); default $TRACKIO_WEBHOOK_URL and $TRACKIO_WEBHOOK_MIN_LEVEL. Slack and Discord are told in their form.

    The run that this thread (or context) began before is finished first. All parameters of the original that belong to
    its cloud (`space_id`, `server_url`, `dataset_id`, `bucket_id`, `private`, `embed`) are accepted, with a warning,
    and so are `settings`, `entity` and `reinit`. Raises TypeError or ValueError for what cannot be
    used, naming it.
    """
    _ignored(locals())
    if not isinstance(project, str):
        raise TypeError(f"project is a name; got {type(project).__name__}")
    if resume not in ("never", "allow", "must"):
        raise ValueError(f'resume is "never", "allow" or "must"; got {resume!r}')
    if id is not None and not re.fullmatch(r"[\w.-]{1,128}", id):
        raise ValueError(f"id has 1 to 128 letters, digits, dots, dashes or underscores; got {id!r}")
    if tags is not None and isinstance(tags, str):
        raise TypeError(f"tags is a list of texts; got {tags!r}")
    beginning = Beginning(
        id=id or "",
        project=values.text(project) or "default",
        name=values.text(name) if name else "",
        group=None if group is None else values.text(group),
        config=_checked(as_mapping(config)),
        resume=resume,
        tags=tuple(values.text(tag) for tag in [*(tags or ()), *([job_type] if job_type else [])]),
        notes=None if notes is None else values.text(notes),
        webhook=Webhook.read(os.environ, webhook_url, webhook_min_level),
        hardware=_hardware(auto_log_cpu, cpu_log_interval, auto_log_gpu, gpu_log_interval),
    )
    return _begin(beginning, Settings.read(os.environ, mode, distributed), dir)


def _begin(beginning: Beginning, settings: Settings, folder: str | os.PathLike[str] | None) -> Run:
    current = context_vars.current_run.own()
    if current is not None:
        current.finish()
    if settings.distributed != "separate":
        beginning = shared(beginning, os.environ)
    beginning = beginning._replace(id=beginning.id or os.urandom(16).hex())
    rank, places = beginning.launch.rank, None
    if settings.mode != "disabled" and not (rank and settings.distributed == "rank0"):
        places = meet(Path(folder).expanduser() if folder else data_folder(os.environ), os.environ)
        beginning = resumed(beginning, places, settings)
    if not beginning.name:
        beginning = beginning._replace(name=readable())
    run = Run(beginning, places, settings)
    _make_current(run)
    if places is not None and not rank:
        print(f"trackio: run {run.name!r} in project {run.project!r}, stored in {places.data}", file=sys.stderr)  # noqa: T201
        print(f'trackio: dashboard: trackio show --project "{run.project}"', file=sys.stderr)  # noqa: T201
    return run


_current_run = context_vars.current_run
_own_run_or = _current_run.own_or


def log(metrics: Mapping[str, Any] | None = None, step: int | None = None, *, data: Any = None) -> None:
    """Log one row of metrics into the current run; see `Run.log`. Raises RuntimeError if there is no run.

    `data` is another name for `metrics`.
    """
    # As _current() and Run.log(), of which calls would cost a tenth of the whole.
    run = _own_run_or(_current_run.newest)
    if run is None:
        raise RuntimeError(_NO_RUN)
    if data is not None:
        metrics = data
    writer = run._writer  # noqa: SLF001
    if writer is None or not writer.rows & TIMED_EVERY or not writer.log(metrics, step):
        run.log(metrics, step)  # type: ignore[arg-type]


def alert(
    title: str,
    text: str | None = None,
    level: AlertLevel | str = AlertLevel.WARN,
    webhook_url: str | None = None,
    *,
    step: int | None = None,
) -> None:
    """Print an alert and keep it with the current run; see `Run.alert`. Raises RuntimeError if there is no run."""
    _current().alert(title, text, level, step, webhook_url)


def log_system(metrics: Mapping[str, float]) -> None:
    """Log numbers about the machine into the current run; see `Run.log_system`. Raises RuntimeError without a run."""
    _current().log_system(metrics)


def log_cpu(run: Run | None = None) -> dict[str, float]:
    """Log what processors, memory, disks and network did since the last call, and return it.

    The first call of a process takes 0.1 s. `run`: default the current one; raises RuntimeError if there is none.
    """
    chosen = run or _current()
    found = cpu.look()
    chosen.log_system(found)
    return found


def log_gpu(run: Run | None = None, device: int | None = None) -> dict[str, float]:
    """Log what the NVIDIA GPUs that this process sees do, or the one numbered `device`, and return it.

    Energy counts from the run's first call. Without such a GPU it warns and returns {}. `run`: default the current one;
    raises RuntimeError if there is none.
    """
    chosen = run or _current()
    found = gpu.since(gpu.read_visible(os.environ, device), chosen.energy)
    if found:
        chosen.log_system(found)
    else:
        _warn("log_gpu() found no NVIDIA GPU")
    return found


def finish() -> None:
    """Finish the current run; see `Run.finish`. Raises RuntimeError if there is no run."""
    run = _current()
    _make_current(None)
    run.finish()


class Dashboard(tuple[Any, str, None, str]):
    """`(server, local_url, share_url, full_url)`; prints as nothing in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        return ""


def show(
    project: str | None = None,
    *,
    dashboard: str | None = None,
    theme: Any = None,
    mcp_server: bool | None = None,
    footer: bool = True,
    color_palette: Any = None,
    open_browser: bool = True,
    block_thread: bool | None = None,
    host: str | None = None,
    share: bool | None = None,
    server_port: int | None = None,
    frontend_dir: Any = None,
) -> Dashboard:
    """Open the dashboard on `project`; return `(server, local_url, None, full_url)`.

    The daemon serves it, and goes on when this process ends; `block_thread=True` waits for Ctrl-C all the same.
    `host` and `server_port` count only if the daemon is started by this call. `dashboard`, `theme`, `mcp_server`,
    `footer`, `color_palette`, `share` and `frontend_dir` are accepted for callers of the original, with a warning.
    Raises ValueError for an unknown `dashboard`, DaemonUnavailable if no daemon can be started.
    """
    if dashboard not in (None, "registry"):
        raise ValueError(f'dashboard is None or "registry"; got {dashboard!r}')
    given = locals()
    for name in ("dashboard", "theme", "mcp_server", "color_palette", "share", "frontend_dir"):
        if given[name]:
            _warn(_CLOUD.format(f"show({name}=…)"))
    if not footer:
        _warn(_CLOUD.format("show(footer=…)"))
    from trackio import api  # noqa: PLC0415 -- only who shows needs HTTP

    server = api.connect(meet(data_folder(os.environ), os.environ), host=host, port=server_port)
    full_url = server.page(project)
    print(f"trackio dashboard: {full_url}", flush=True)  # noqa: T201
    if open_browser:
        import webbrowser  # noqa: PLC0415

        webbrowser.open(full_url)
    if block_thread:
        import signal  # noqa: PLC0415

        signal.pause()
    return Dashboard((server, f"{server.url}/", None, full_url))


def sync(project: str | None = None, *_: Any, **__: Any) -> None:
    """Do nothing but warn: the original uploads to its cloud; here everything is stored already."""
    del project
    _warn("sync() has nothing to do: everything is stored on this machine")


def freeze(space_id: str | None = None, project: str | None = None, *_: Any, **__: Any) -> None:
    """Do nothing but warn: the original publishes a snapshot in its cloud."""
    del space_id, project
    _warn("freeze() has nothing to do: there is no cloud to publish in")


def import_csv(
    csv_path: str | os.PathLike[str],
    project: str,
    name: str | None = None,
    space_id: str | None = None,
    dataset_id: str | None = None,
    private: bool | None = None,
    force: bool = False,
) -> None:
    """Take in a CSV file as a run named `name` (default: like the file), with its steps and times.

    It has a column `step`, perhaps one `timestamp`, and metrics; columns with anything but numbers are left out. The
    project must be new unless `force`. Returns once everything is stored. `space_id`, `dataset_id` and `private` are
    accepted for callers of the original, with a warning. Raises FileNotFoundError, and ValueError naming the line.
    """
    _import(locals(), "csv", Path(csv_path))


def import_tf_events(
    log_dir: str | os.PathLike[str],
    project: str,
    name: str | None = None,
    space_id: str | None = None,
    dataset_id: str | None = None,
    private: bool | None = None,
    force: bool = False,
) -> None:
    """Take in TensorBoard's event files, a run for each folder below `log_dir`, named like it after `name` and "_".

    Numbers, texts, images and hyperparameters, with their steps and times. The project must be new unless `force`.
    Returns once everything is stored. `space_id`, `dataset_id` and `private` are accepted for callers of the original,
    with a warning. Raises FileNotFoundError, ValueError if there is nothing to read, ProtocolError for a damaged file.
    """
    _import(locals(), "tf_events", Path(log_dir))


def _import(given: dict[str, Any], kind: str, path: Path) -> None:
    for name in ("space_id", "dataset_id", "private"):
        if given[name] is not None:
            _warn(_CLOUD.format(f"import_{kind}({name}=…)"), level=4)
    from trackio import imports  # noqa: PLC0415 -- only who imports needs what reads foreign files

    if not given["force"]:
        imports.must_be_new(given["project"])
    taken_in = imports.csv if kind == "csv" else imports.tf_events
    imports.report(taken_in(path.expanduser(), given["project"], given["name"]), lambda line: print(f"trackio: {line}"))  # noqa: T201


def delete_project(project: str, force: bool = False) -> bool:
    """Delete a project with all its runs, after asking on the terminal unless `force`; tell whether it was deleted.

    False if there is no such project or the answer was no. For an hour, its runs can be restored (`trackio restore`).
    """
    from trackio import api  # noqa: PLC0415 -- only who deletes needs HTTP
    from trackio.errors import NotFound  # noqa: PLC0415

    server = api.connect(meet(data_folder(os.environ), os.environ))
    if project not in [found["name"] for found in server.get("/api/v1/projects")["projects"]]:
        print(f"trackio: there is no project {project!r}", file=sys.stderr)  # noqa: T201
        return False
    if not force and input(f"Delete project {project!r} with all its runs? [y/N] ").strip().lower() not in {"y", "yes"}:
        return False
    try:
        server.post("/api/v1/edit", {"action": "delete_project", "project": project})
    except NotFound:
        return False
    print(f"trackio: project {project!r} is deleted", file=sys.stderr)  # noqa: T201
    return True


_NO_RUN = "call trackio.init(project=…) first"


def _current() -> Run:
    run = context_vars.current_run.get()
    if run is None:
        raise RuntimeError(_NO_RUN)
    return run


def _hardware(cpus: bool | None, cpu_seconds: float, gpus: bool | None, gpu_seconds: float) -> Wanted:
    for name, seconds in (("cpu_log_interval", cpu_seconds), ("gpu_log_interval", gpu_seconds)):
        if not seconds > 0:
            raise ValueError(f"{name} is a number of seconds greater than 0; got {seconds!r}")
    return Wanted(cpus, cpu_seconds, gpus, gpu_seconds)


def _make_current(run: Run | None) -> None:
    global config  # noqa: PLW0603 -- `trackio.config` is part of the interface
    config = {} if run is None else run.config
    context_vars.current_run.set(run)
    context_vars.current_project.set(None if run is None else run.project)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    for key in given:
        if key.startswith("_"):
            raise ValueError(f"configuration keys must not begin with an underscore; got {key!r}")
    return given


#: Parameters of init() that mean nothing here, and the values with which nobody asks for anything.
_IGNORED = {
    "space_id": None,
    "server_url": None,
    "dataset_id": None,
    "bucket_id": None,
    "settings": None,
    "private": None,
    "embed": True,
    "entity": None,
    "reinit": None,
}


def _ignored(given: dict[str, Any]) -> None:
    for name, silent in _IGNORED.items():
        if given[name] not in (silent, False):
            _warn(_CLOUD.format(f"init({name}=…)"), level=4)


_warned: set[str] = set()


def _warn(text: str, level: int = 3) -> None:
    if text not in _warned:
        _warned.add(text)
        warnings.warn(f"trackio: {text}", stacklevel=level)
