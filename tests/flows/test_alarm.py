"""The alarm reaches who is named, and says so when it doesn't."""

import http.server
import json
import subprocess
import sys
import threading

import pytest

from flows import alarm


@pytest.fixture
def hook(monkeypatch):
    """Return what a webhook was told, and the answers it gives first."""
    told, answers = [], []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/secret-token"
    monkeypatch.setenv("BC_INVENTORY_ALARM_WEBHOOK", address)
    monkeypatch.delenv("BC_INVENTORY_ALARM_COMMAND", raising=False)
    monkeypatch.setattr(alarm.time, "sleep", lambda seconds: None)
    yield told, answers
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_gets_the_text_and_the_fields(hook):
    told, answers = hook
    answers += [503, 500]
    assert alarm.send("a\nb", "the text", {"flow": "rebuild"}) == []
    assert len(told) == 3
    assert told[-1] == {"text": "a b\n\nthe text", "subject": "a b", "flow": "rebuild"}


def test_a_refusal_is_named_without_the_secret(hook, monkeypatch):
    told, answers = hook
    answers += [404]
    (why,) = alarm.send("a", "b", {})
    assert "404" in why
    assert len(told) == 1
    monkeypatch.setenv("BC_INVENTORY_ALARM_WEBHOOK", "http://127.0.0.1:9/secret-token")
    (why,) = alarm.send("a", "b", {})
    assert "ConnectionError" in why
    assert "secret" not in why


def test_nothing_of_a_message_becomes_a_word_of_the_command(monkeypatch, tmp_path):
    monkeypatch.delenv("BC_INVENTORY_ALARM_WEBHOOK", raising=False)
    script = tmp_path / "mail.py"
    script.write_text(
        "import json, sys, pathlib\n"
        "out = pathlib.Path(sys.argv[1])\n"
        "out.write_text(json.dumps([sys.argv[2:], sys.stdin.read()]))\n"
    )
    out = tmp_path / "out.json"
    monkeypatch.setenv(
        "BC_INVENTORY_ALARM_COMMAND", f"{sys.executable} {script} {out} -s {{subject}} you@here"
    )
    subject = "x' ; touch /tmp/pwned $(id) \"y"
    assert alarm.send(subject, "text\n", {}) == []
    assert json.loads(out.read_text()) == [["-s", subject, "you@here"], "text\n"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/nonexistent/mail", "can't be run"),
        (f"{sys.executable} -c 'import sys; sys.exit(3)'", "ended with 3"),
        ("mail 'unclosed", "can't be run"),
    ],
)
def test_a_command_that_fails_is_named(monkeypatch, command, words):
    monkeypatch.delenv("BC_INVENTORY_ALARM_WEBHOOK", raising=False)
    monkeypatch.setenv("BC_INVENTORY_ALARM_COMMAND", command)
    (why,) = alarm.send("a", "b", {})
    assert words in why


def test_the_alarm_can_be_tried(hook, root, monkeypatch):
    told, _ = hook
    assert alarm.main() == 0
    assert "a trial of the alarm" in told[0]["subject"]
    monkeypatch.delenv("BC_INVENTORY_ALARM_WEBHOOK")
    done = subprocess.run(
        [sys.executable, str(root / "flows" / "alarm.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "nobody will be told" in done.stderr
