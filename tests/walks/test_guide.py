"""Every script of examples/track_guide, as a user runs it; then what the HTTP API tells and a browser shows of it."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

GUIDE = Path(__file__).parents[2] / "examples/track_guide"
SLOW = 30_000


def by_name(ask, project):
    return {run["name"]: run for run in ask("/api/v1/runs", project=project)["runs"]}


def series(page, ask, project, metric):
    """Every value of a metric of each run, by name, from the older call that compatibility keeps."""
    found = {}
    for name, run in by_name(ask, project).items():
        asked = {"project": project, "run_id": run["id"], "metric_name": metric}
        reply = page.request.post("/api/get_metric_values", data=asked)
        found[name] = [(point["step"], point["value"]) for point in reply.json().get("data", [])]
    return found


def chart(page, metric):
    return page.locator(f'[data-testid="chart"][data-metric="{metric}"]')


def rows(page):
    return page.locator('[data-testid="run-row"]')


def test_a_project_is_made_by_its_first_run_and_continued_by_the_next(page, ask, train):
    train(GUIDE / "projects.py")
    (project,) = ask("/api/v1/projects")["projects"]
    assert (project["name"], project["runs"], project["running"]) == ("my_project", 2, 0)
    names = list(by_name(ask, "my_project"))
    assert "my_first_run" in names
    assert len(set(names)) == 2
    assert all(names)
    page.goto("/")
    page.locator('[data-testid="project-card"]', has_text="my_project").click()
    expect(rows(page)).to_have_count(2)
    expect(rows(page).filter(has_text="my_first_run")).to_be_visible()


def test_runs_of_one_group_are_folded_together_in_the_sidebar(page, ask, train):
    train(GUIDE / "groups.py")
    groups = [run["group"] for run in by_name(ask, "grouped").values()]
    assert sorted(groups) == ["augmented", "augmented", "baseline", "baseline", "tuned", "tuned"]
    page.goto("/?project=grouped")
    page.locator('[data-testid="group-by"]').select_option("group")
    shown = page.locator('[data-testid="group-row"]')
    expect(shown).to_have_count(3)
    for name in ("baseline", "augmented", "tuned"):
        expect(shown.filter(has_text=name)).to_be_visible()


def test_steps_count_by_themselves_and_a_call_may_hold_several_metrics(page, ask, train):
    train(GUIDE / "scalars.py")
    (values,) = series(page, ask, "scalars", "loss").values()
    assert values == [(0, 0.05), (1, 0.04), (2, 0.03)]
    (values,) = series(page, ask, "scalars", "accuracy").values()
    assert values == [(1, 0.91), (2, 0.94)]
    page.goto("/?project=scalars")
    for metric, points in (("loss", "3"), ("accuracy", "2"), ("learning_rate", "2")):
        expect(chart(page, metric)).to_have_attribute("data-points", points, timeout=SLOW)


def test_a_table_is_shown_beside_a_scalar_and_both_alone_when_embedded(page, ask, train):
    train(GUIDE / "table.py")
    (table,) = ask("/api/v1/objects", project="log-table", kinds="table")["objects"]
    page.goto("/?project=log-table&metrics=loss,text&sidebar=hidden")
    expect(chart(page, "loss")).to_have_attribute("data-last", "0.05", timeout=SLOW)
    shown = page.locator('[data-testid="table"]')
    for text in ("prompt", "completion", "reward", "Trackio is", "never in the way.", "0.97"):
        expect(shown.get_by_text(text, exact=True)).to_be_visible(timeout=SLOW)
    expect(page.locator('[data-testid="sidebar"]')).not_to_be_visible()
    told = ask("/api/v1/table", id=table["value"]["id"])
    assert told["columns"] == ["prompt", "completion", "reward"]
    assert told["rows"][1] == ["Logging is", "never in the way.", 0.97]


def test_images_come_from_files_arrays_and_pil_each_with_its_caption(page, ask, train):
    train(GUIDE / "images.py")
    page.goto("/?project=images&tab=media")
    for caption in ("from a file", "from a NumPy array", "from a PIL image"):
        item = page.locator('[data-testid="media-item"]', has_text=caption)
        picture = item.locator("img")
        expect(picture).to_be_visible(timeout=SLOW)
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") == 64
    for found in ask("/api/v1/objects", project="images", kinds="image")["objects"]:
        assert found["value"]["state"] == "ready"
        assert (found["value"]["width"], found["value"]["height"]) == (64, 64)


def test_videos_come_from_arrays_batches_and_files_and_play(page, ask, train, daemon):
    train(GUIDE / "videos.py")
    page.goto("/?project=videos&tab=media")
    for caption in ("noise, 30 fps", "three clips in a grid, 15 fps", "from a file"):
        player = page.locator('[data-testid="media-item"]', has_text=caption).locator("video")
        expect(player).to_have_count(1, timeout=SLOW)
    objects = {found["key"]: found["value"] for found in ask("/api/v1/objects", project="videos")["objects"]}
    clip, grid, file = objects["video"], objects["batch"], objects["file"]
    assert (clip["width"], clip["height"], clip["frames"], clip["fps"]) == (64, 64, 10, 30)
    assert (grid["frames"], grid["fps"]) == (10, 15)
    assert grid["width"] * grid["height"] >= 3 * 64 * 64
    assert file["frames"] == 25
    for made in (clip, grid, file):
        with urllib.request.urlopen(f"{daemon.url}/{made['url']}") as reply:
            assert reply.headers["Content-Type"] == "video/mp4"
            assert reply.read(12)[4:8] == b"ftyp"


def test_a_video_of_the_wrong_dtype_rank_or_channel_count_is_refused_by_name(train):
    said = train(GUIDE / "video_errors.py")
    for given, accepted in (("float32", "uint8"), ("(64, 64)", "(frames, channels"), ("(10, 7, 64, 64)", "1, 3 or 4")):
        assert any(given in line and accepted in line for line in said.splitlines()), said


def test_finish_marks_a_run_finished_with_everything_stored(page, ask, train):
    train(GUIDE / "finish.py")
    run = by_name(ask, "finishing")["short"]
    assert (run["status"], run["rows"], run["summary"]["loss"]["count"]) == ("finished", 100, 100)
    page.goto("/?project=finishing")
    expect(rows(page).locator('[data-testid="status-finished"]')).to_be_visible()
    expect(chart(page, "loss")).to_have_attribute("data-points", "100", timeout=SLOW)


def test_resume_continues_makes_or_fails_as_it_is_told(page, ask, train):
    said = train(GUIDE / "resume.py")
    assert "no_such_run" in said
    runs = ask("/api/v1/runs", project="resuming")["runs"]
    assert [run["name"] for run in runs] == ["my_run", "another_run", "my_run"]
    continued = runs[-1]
    asked = {"project": "resuming", "run_id": continued["id"], "metric_name": "loss"}
    values = page.request.post("/api/get_metric_values", data=asked).json()["data"]
    assert [(v["step"], v["value"]) for v in values] == [(0, 0.9), (1, 0.8), (2, 0.7), (3, 0.6), (4, 0.5)]
    assert {run["status"] for run in runs} == {"finished"}
    page.goto("/?project=resuming")
    expect(rows(page)).to_have_count(3)


def test_a_sweep_is_grouped_by_any_key_of_its_configuration(page, ask, train):
    train(GUIDE / "sweep.py")
    runs = by_name(ask, "sweep")
    assert len(runs) == 9
    assert {run["status"] for run in runs.values()} == {"finished"}
    assert runs["lr0.01-bs32"]["config"] == {"learning_rate": 0.01, "batch_size": 32}
    page.goto("/?project=sweep")
    shown = page.locator('[data-testid="group-row"]')
    for key, values in (("learning_rate", ("0.001", "0.01", "0.1")), ("batch_size", ("16", "32", "64"))):
        page.locator('[data-testid="group-by"]').select_option(key)
        expect(shown).to_have_count(3)
        for value in values:
            expect(shown.filter(has_text=value).first).to_be_visible()
    # Nine runs, and the means of three groups of them.
    expect(chart(page, "train/loss")).to_have_attribute("data-points", "600", timeout=SLOW)
