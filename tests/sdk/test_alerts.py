"""trackio/alerts.py: levels by name or text, addresses of http alone and told to nobody, one line on the terminal."""

from __future__ import annotations

import io
import sys

import pytest

from trackio import alerts
from trackio.alerts import AlertLevel, Webhook

SECRET = "https://hooks.slack.com/services/T0/SECRET"


@pytest.mark.parametrize("given", [AlertLevel.ERROR, "error", "ERROR", " Error "])
def test_a_level_is_known_by_its_text(given):
    assert alerts.level_of(given) is AlertLevel.ERROR
    assert AlertLevel.ERROR == "error"


@pytest.mark.parametrize("given", ["fatal", "", None, 7, object])
def test_what_is_no_level_is_refused_by_name(given):
    with pytest.raises(ValueError, match="webhook_min_level is one of info, warn, error; got"):
        alerts.level_of(given, "webhook_min_level")


def test_arguments_come_before_the_environment():
    environment = {"TRACKIO_WEBHOOK_URL": "http://there/", "TRACKIO_WEBHOOK_MIN_LEVEL": "warn"}
    assert Webhook.read(environment, None, None) == Webhook("http://there/", AlertLevel.WARN)
    assert Webhook.read(environment, "http://here/", "error") == Webhook("http://here/", AlertLevel.ERROR)
    assert Webhook.read({}, None, None) == alerts.NOBODY
    assert Webhook.read(environment, "", None).url is None


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"TRACKIO_WEBHOOK_URL": "ftp://SECRET"}, "TRACKIO_WEBHOOK_URL"),
        ({"TRACKIO_WEBHOOK_MIN_LEVEL": "loud"}, "TRACKIO_WEBHOOK_MIN_LEVEL is one of"),
    ],
)
def test_an_unusable_variable_is_refused_by_name(environment, says):
    with pytest.raises(ValueError, match=says):
        Webhook.read(environment, None, None)


@pytest.mark.parametrize("url", ["file:///etc/SECRET", "SECRET", "https://", "http://[SECRET", 7, "ftp://a/SECRET"])
def test_an_address_that_is_none_is_refused_without_being_told(url):
    with pytest.raises(ValueError, match="webhook_url is an address") as refused:
        alerts.address(url)
    assert "SECRET" not in str(refused.value)


def test_alerts_below_the_level_are_told_to_nobody():
    webhook = Webhook(SECRET, AlertLevel.WARN)
    assert [webhook.of(level, None) for level in AlertLevel] == [None, SECRET, SECRET]
    assert [webhook.of(level, "http://other/") for level in AlertLevel] == [None, "http://other/", "http://other/"]
    assert alerts.NOBODY.of(AlertLevel.ERROR, None) is None


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("text", "step", "line"),
    [("why", 7, "[TRACKIO WARN] title: why (step 7)\n"), (None, None, "[TRACKIO WARN] title\n")],
)
def test_an_alert_is_one_line(capsys, text, step, line):
    alerts.tell(AlertLevel.WARN, "title", text, step)
    assert capsys.readouterr() == ("", line)


def test_it_is_coloured_on_a_terminal_alone_and_not_where_nobody_wants_that(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stderr", Terminal())
    alerts.tell(AlertLevel.ERROR, "title", None, None)
    assert sys.stderr.getvalue() == "\033[91m[TRACKIO ERROR]\033[0m title\n"
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stderr", Terminal())
    alerts.tell(AlertLevel.ERROR, "title", None, None)
    assert sys.stderr.getvalue() == "[TRACKIO ERROR] title\n"


@pytest.mark.parametrize("stderr", [None, object()])
def test_a_terminal_that_is_gone_is_no_reason_to_fail(monkeypatch, stderr):
    monkeypatch.setattr(sys, "stderr", stderr)
    alerts.tell(AlertLevel.INFO, "title", None, None)
