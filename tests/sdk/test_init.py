from __future__ import annotations

import argparse
import contextvars
import inspect
import subprocess
import sys
import threading
import warnings
from dataclasses import dataclass

import pytest

import trackio
from trackio import context_vars, sampler
from trackio.wire import Alert, Finish, Row, RunStart, System

IMPORT = """
import os, sys, threading
before, read, made = set(sys.modules), [], []
files = os.listdir("/proc/self/fd")
look_up = os._Environ.__getitem__

def noted(self, name):
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__") in ("os", "_collections_abc"):
        frame = frame.f_back
    read.append((frame.f_globals["__name__"].partition(".")[0], name))
    return look_up(self, name)

os._Environ.__getitem__ = noted
sys.addaudithook(lambda event, _: event.startswith("socket.") and made.append(event))
import trackio
foreign = {name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)
print({name for name in foreign if "cython" not in name} == {"trackio", "zmq", "msgpack"})
print([name for module, name in read if module == "trackio"], made)
print(threading.active_count(), len(os.listdir("/proc/self/task")), os.listdir("/proc/self/fd") == files)
"""


def rows(records):
    return [(record.step, record.values) for record in records if isinstance(record, Row)]


@pytest.fixture
def offline(monkeypatch, data_dir):
    monkeypatch.setenv("TRACKIO_MODE", "offline")


def test_importing_loads_nothing_that_takes_long_and_only_some_need():
    heavy = {"dataclasses", "hashlib", "http", "inspect", "logging", "numpy", "socket", "sqlite3"}
    code = (
        f"import sys; before = set(sys.modules); import trackio; print({heavy} & set(sys.modules) - before or 'none')"
    )
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert outcome.stdout == "none\n", outcome.stderr


def test_importing_starts_and_opens_and_reads_nothing_and_needs_two_packages():
    outcome = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=False)
    assert outcome.stdout == "True\n[] []\n1 1 True\n", outcome.stderr


def test_init_has_the_parameters_of_the_original_by_name_and_order():
    signature = inspect.signature(trackio.init)
    named = [p for p in signature.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert {p.name: p.default for p in named if p.default is not None} == {
        "project": inspect.Parameter.empty,
        "resume": "never",
        "embed": True,
        "gpu_log_interval": 10.0,
        "cpu_log_interval": 10.0,
    }
    assert " ".join(p.name for p in named) == (
        "project name group space_id server_url dataset_id bucket_id config resume settings private embed "
        "auto_log_gpu gpu_log_interval auto_log_cpu cpu_log_interval webhook_url webhook_min_level"
    )
    more = {p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
    assert more == {"mode", "distributed", "tags", "notes", "id", "dir", "job_type", "entity", "reinit"}


def test_every_name_that_is_promised_is_there():
    assert all(hasattr(trackio, name) for name in trackio.__all__)


def test_without_a_run_there_is_nothing_to_log_into_or_to_finish():
    for act in (lambda: trackio.log({"a": 1}), lambda: trackio.log(data={"a": 1}), trackio.finish):
        with pytest.raises(RuntimeError, match=r"trackio\.init"):
            act()
    assert trackio.config == {}


def test_init_makes_a_run_the_current_one_and_finish_ends_that(offline, journals):
    run = trackio.init("p", name="n", config={"lr": 0.1})
    assert (run.project, run.name, len(run.id)) == ("p", "n", 32)
    assert context_vars.current_run.get() is run
    assert context_vars.current_project.get() == "p"
    assert trackio.config is run.config
    trackio.log({"a": 1.5})
    trackio.log(data={"a": 2.5}, step=7)
    trackio.finish()
    with pytest.raises(RuntimeError):
        trackio.finish()
    assert context_vars.current_run.get() is None
    assert trackio.config == {}
    assert rows(journals()[0]) == [(0, {"a": 1.5}), (7, {"a": 2.5})]


def test_everything_that_is_said_of_a_run_is_kept(offline, journals):
    trackio.init("", "n", group=3, id="my-run.1", tags=["a", 2], job_type="train", notes="why")
    trackio.finish()
    start = journals()[0][0]
    assert isinstance(start, RunStart)
    assert (start.run, start.project, start.name, start.group) == ("my-run.1", "default", "n", "3")
    assert (start.tags, start.notes) == (("a", "2", "train"), "why")


def test_a_run_without_a_name_gets_a_readable_one(offline):
    assert trackio.init("p").name.count("-") == 2


@dataclass
class Configured:
    lr: float = 0.1


@pytest.mark.parametrize(
    "config",
    [{"lr": 0.1}, Configured(), argparse.Namespace(lr=0.1), type("Peft", (), {"to_dict": lambda _: {"lr": 0.1}})()],
)
def test_a_configuration_may_be_anything_with_named_values(offline, config):
    assert trackio.init("p", config=config).config == {"lr": 0.1}


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"project": None}, TypeError, "project"),
        ({"project": 3}, TypeError, "project"),
        ({"resume": True}, ValueError, "resume"),
        ({"resume": "maybe"}, ValueError, "maybe"),
        ({"resume": "must", "mode": "offline"}, ValueError, "name"),
        ({"config": [1]}, TypeError, "list"),
        ({"config": "lr=1"}, TypeError, "str"),
        ({"config": {"_lr": 1}}, ValueError, "_lr"),
        ({"mode": "sometimes"}, ValueError, "sometimes"),
        ({"id": ""}, ValueError, "id"),
        ({"id": "a/b"}, ValueError, "a/b"),
        ({"id": "x" * 129}, ValueError, "id"),
        ({"tags": "one"}, TypeError, "tags"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(offline, given, error, says):
    with pytest.raises(error, match=says):
        trackio.init(**{"project": "p"} | given)
    assert context_vars.current_run.get() is None


@pytest.mark.parametrize(("name", "value"), [("TRACKIO_MODE", "x"), ("TRACKIO_FINISH_SECONDS", "soon")])
def test_an_unusable_variable_is_refused_by_name(data_dir, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name):
        trackio.init("p")


def test_parameters_that_mean_nothing_here_are_warned_of_once_at_the_caller(offline):
    given = {"space_id": "me/space", "server_url": "http://x", "dataset_id": "d", "bucket_id": "b", "private": True}
    given |= {"embed": 0.5, "settings": object(), "entity": "me", "reinit": 1}
    with pytest.warns(UserWarning, match="is ignored") as warned:
        trackio.init("p", **given)
    assert sorted(str(w.message).partition("init(")[2].partition("=")[0] for w in warned) == sorted(given)
    assert {w.filename for w in warned} == {__file__}
    trackio.init("p", **given)


def test_parameters_that_ask_for_nothing_are_not_warned_of(offline):
    trackio.init("p", space_id=None, private=False, embed=True, settings=None)


def test_sync_and_freeze_warn_and_do_nothing_whatever_they_are_given():
    with pytest.warns(UserWarning, match=r"sync\(\)") as warned:
        assert trackio.sync(project="p", sdk="static", space_id="s", private=None, bucket_id=None, force=True) is None
    assert warned[0].filename == __file__
    with pytest.warns(UserWarning, match=r"freeze\(\)"):
        assert trackio.freeze(space_id="s", project="p", new_space_id="n", private=True) is None
    assert trackio.sync() is trackio.freeze() is None


def test_warnings_that_are_errors_are_none_of_log_s(offline, journals):
    trackio.init("p")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trackio.log({"a": object(), "b": 1}, step="nonsense")
        trackio.log("nonsense")
    trackio.finish()
    finish = journals()[0][-1]
    assert rows(journals()[0]) == [(0, {"b": 1})]
    assert isinstance(finish, Finish)
    assert sum(finish.refused.values()) == 2


def test_disabled_keeps_nothing_and_makes_no_folder(data_dir, monkeypatch, capsys):
    monkeypatch.setenv("TRACKIO_MODE", "disabled")
    with trackio.init("p", config={"a": 1}, resume="must") as run:
        trackio.log({"a": 1})
        trackio.config.update({"b": 2}, allow_val_change=True)
    trackio.finish()
    assert run.config == {"a": 1, "b": 2}
    assert not data_dir.exists()
    assert capsys.readouterr() == ("", "")


def test_arguments_come_before_the_environment(data_dir, monkeypatch, tmp_path):
    monkeypatch.setenv("TRACKIO_MODE", "disabled")
    with trackio.init("p", mode="offline", dir=tmp_path / "elsewhere"):
        trackio.log({"a": 1})
    assert list((tmp_path / "elsewhere/journal").glob("*/*.seg"))
    assert not data_dir.exists()


def test_where_a_run_is_stored_is_told_on_stderr_alone(offline, capsys, data_dir):
    trackio.init("p", "n")
    out, err = capsys.readouterr()
    assert out == ""
    assert "'n' in project 'p'" in err
    assert str(data_dir) in err
    assert 'trackio show --project "p"' in err


def test_init_finishes_the_run_before_which_may_still_be_logged_into(offline, journals):
    first = trackio.init("p", "first")
    second = trackio.init("p", "second")
    trackio.log({"a": 2})
    first.log({"a": 1})
    first.log({"a": 1})
    second.finish()
    trackio.log({"a": 3})
    for run in (first, second):
        run.finish()
    found = {}
    for start, *records in journals():
        found.setdefault((start.name, start.run), []).extend(rows(records))
    assert found == {
        ("first", first.id): [(0, {"a": 1}), (1, {"a": 1})],
        ("second", second.id): [(0, {"a": 2}), (1, {"a": 3})],
    }


def test_one_call_of_64_is_timed_whichever_log_is_called(offline, journals):
    run = trackio.init("p")
    for number in range(65):
        trackio.log({"a": number})
    for number in range(64):
        run.log({"a": number})
    trackio.finish()
    (records,) = journals()
    assert (records[-1].timed, records[-1].logged) == (2, 129)


def test_threads_see_the_current_run_and_may_have_their_own(offline):
    run = trackio.init("p", "main")
    seen = {}

    def look(name):
        seen[name] = context_vars.current_run.get(), context_vars.current_project.get()

    def own():
        trackio.init("q", "own")
        look("own")
        contextvars.copy_context().run(look, "copied")

    for target, arguments in ((look, ("other",)), (own, ())):
        thread = threading.Thread(target=target, args=arguments)
        thread.start()
        thread.join()
    look("main")
    assert seen["other"] == seen["main"] == (run, "p")
    assert seen["own"] == seen["copied"]
    assert seen["own"][1] == "q"


def test_show_opens_the_dashboard_of_a_running_daemon(daemon, monkeypatch, capsys):
    opened, waited = [], []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("signal.pause", lambda: waited.append(True))
    shown = trackio.show()
    server, local, share, full = shown
    assert (server.url, local, share, full) == (daemon.url, f"{daemon.url}/", None, f"{daemon.url}/")
    assert repr(shown) == ""
    assert trackio.show("my project", open_browser=False, block_thread=True)[3] == f"{daemon.url}/?project=my+project"
    assert (opened, waited) == ([full], [True])
    assert full in capsys.readouterr().out
    with pytest.warns(UserWarning, match="theme"):
        trackio.show(theme="soft", open_browser=False)


def test_show_knows_two_dashboards():
    with pytest.raises(ValueError, match="classic"):
        trackio.show(dashboard="classic")


def test_a_thread_that_begins_a_run_leaves_the_others_theirs(data_dir):
    mine = trackio.init(project="threads", name="mine", mode="offline")
    thread = threading.Thread(
        target=lambda: (trackio.init(project="threads", name="theirs", mode="offline"), trackio.finish())
    )
    thread.start()
    thread.join()
    assert trackio.context_vars.current_run.get() is mine
    trackio.log({"loss": 1.0})
    trackio.finish()


def test_system_metrics_go_into_the_current_run_or_the_one_that_is_named(offline, journals, monkeypatch):
    monkeypatch.setattr(trackio.cpu, "look", lambda: {"cpu/utilization": 5.0})
    energy = iter([7.0, 9.0])
    monkeypatch.setattr(trackio.gpu, "read_visible", lambda _, device: {f"gpu/{device}/energy_consumed": next(energy)})
    run = trackio.init(project="p", name="n")
    trackio.log_system({"a": 1})
    assert trackio.log_cpu() == {"cpu/utilization": 5.0}
    trackio.finish()
    assert trackio.log_gpu(run, device=2) == {"gpu/2/energy_consumed": 0.0}
    assert trackio.log_gpu(run, device=2) == {"gpu/2/energy_consumed": 2.0}
    first, second = ([r.values for r in records if isinstance(r, System)] for records in journals())
    assert first == [{"a": 1}, {"cpu/utilization": 5.0}]
    assert second == [{"gpu/2/energy_consumed": 0.0}, {"gpu/2/energy_consumed": 2.0}]


@pytest.mark.parametrize("call", [lambda: trackio.log_system({}), trackio.log_cpu, trackio.log_gpu])
def test_without_a_run_there_is_nothing_to_log_system_metrics_into(call):
    with pytest.raises(RuntimeError, match=r"trackio\.init"):
        call()


def test_without_a_gpu_log_gpu_warns_and_logs_nothing(offline, journals, monkeypatch):
    monkeypatch.setattr(trackio.gpu, "read_visible", lambda *_: {})
    trackio.init(project="p")
    with pytest.warns(UserWarning, match="no NVIDIA GPU"):
        assert trackio.log_gpu() == {}
    assert not any(isinstance(record, System) for record in journals()[0])


def test_a_run_is_told_of_its_machine_as_often_as_init_says(offline, journals, until):
    trackio.init(project="p", cpu_log_interval=0.01, auto_log_gpu=False)
    until(lambda: any(isinstance(record, System) for record in journals()[0]), "a look at the machine")
    trackio.finish()
    samples = [record.values for record in journals()[0] if isinstance(record, System)]
    assert samples[0]["memory/total"] > 0
    trackio.init(project="p", name="quiet", cpu_log_interval=0.01, auto_log_cpu=False, auto_log_gpu=False)
    assert not sampler._sampler._watches
    trackio.finish()


@pytest.mark.parametrize("name", ["cpu_log_interval", "gpu_log_interval"])
@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
def test_an_interval_is_a_number_of_seconds(offline, name, seconds):
    with pytest.raises(ValueError, match=f"{name} is a number of seconds"):
        trackio.init(project="p", **{name: seconds})


def test_text_that_has_no_utf_8_form_is_kept_with_a_sign_in_its_place(places, journals, monkeypatch):
    monkeypatch.setenv("TRACKIO_MODE", "offline")
    odd = {
        "name": "n\ud800",
        "group": "g\ud800",
        "tags": ["t\ud800"],
        "notes": "o\ud800",
        "config": {"k\ud800": "v\ud800"},
    }
    trackio.init("p\ud800", **odd)
    trackio.log({"a\ud800": 1})
    trackio.finish()
    start = journals()[0][0]
    assert (start.project, start.name, start.group, start.tags, start.notes) == ("p?", "n?", "g?", ("t?",), "o?")
    assert start.config == {"k?": "v?"}


def test_an_alert_goes_into_the_current_run(offline, journals, monkeypatch):
    with pytest.raises(RuntimeError, match=r"trackio\.init"):
        trackio.alert("careful")
    monkeypatch.setenv("TRACKIO_WEBHOOK_URL", "http://there/")
    trackio.init(project="p", webhook_min_level="error")
    trackio.alert("careful", "why")
    trackio.alert("wrong", level=trackio.AlertLevel.ERROR, step=5)
    found = [(r.title, r.text, r.level, r.step, r.webhook) for r in journals()[0] if isinstance(r, Alert)]
    assert found == [("careful", "why", "warn", None, None), ("wrong", None, "error", 5, "http://there/")]


@pytest.mark.parametrize("given", [{"webhook_min_level": "loud"}, {"webhook_url": "mailto:me"}])
def test_a_webhook_that_cannot_be_meant_is_refused_by_name(offline, given):
    with pytest.raises(ValueError, match=next(iter(given))):
        trackio.init(project="p", **given)
