"""Tell whoever is on duty that something failed: by webhook, by a command, or both.

    BC_INVENTORY_ALARM_WEBHOOK   address that takes a POST with JSON
    BC_INVENTORY_ALARM_COMMAND   a command that takes the text on its standard input;
                                 {subject} in it stands for the subject

Both are read from the environment, so that no secret of theirs is in a configuration or
in Prefect's database. Try them with

    python flows/alarm.py
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Mapping

__all__ = ["send"]

_TRIES = 3
_SECONDS = 20
_LONGEST_SUBJECT = 150


def send(subject: str, text: str, fields: Mapping[str, str]) -> list[str]:
    """Send a message every way that the environment names.

    Parameters
    ----------
    subject : str
        One line.
    text : str
        The whole message.
    fields : mapping of str to str
        What a program at the other end may want: flow, run, state, what, status.

    Returns
    -------
    list of str
        What couldn't be sent, each with its reason. It never raises: the failure that is
        being told is worse.
    """
    line = " ".join(subject.split())[:_LONGEST_SUBJECT]
    failed = []
    address = os.environ.get("BC_INVENTORY_ALARM_WEBHOOK", "")
    command = os.environ.get("BC_INVENTORY_ALARM_COMMAND", "")
    if address:
        # `text` is what Slack, Mattermost and their like show.
        body = {"text": f"{line}\n\n{text}", "subject": line, **fields}
        failed += _post(address, body)
    if command:
        failed += _call(command, line, text)
    return failed


def _post(address: str, body: Mapping[str, str]) -> list[str]:
    import requests

    why = ""
    for attempt in range(_TRIES):
        try:
            answer = requests.post(address, json=dict(body), timeout=_SECONDS)
        except (requests.RequestException, ValueError) as error:
            why = type(error).__name__  # its text has the address, which may be a secret
        else:
            if answer.ok:
                return []
            why = f"it answers {answer.status_code} {answer.reason}"
            if answer.status_code < 500:
                break
        if attempt < _TRIES - 1:
            time.sleep(2**attempt)
    return [f"the webhook of BC_INVENTORY_ALARM_WEBHOOK didn't take the message: {why}"]


def _call(command: str, subject: str, text: str) -> list[str]:
    try:
        # Split first, so that nothing in a message can become a word of the command.
        words = [word.replace("{subject}", subject) for word in shlex.split(command)]
        done = subprocess.run(  # noqa: S603
            words, input=text, text=True, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return [f"the command of BC_INVENTORY_ALARM_COMMAND can't be run: {error}"]
    if done.returncode:
        return [
            f"the command of BC_INVENTORY_ALARM_COMMAND ended with {done.returncode}: "
            f"{done.stderr.strip()[-200:]}"
        ]
    return []


def main() -> int:
    """Send a message to try the alarm; return 0 if it went every way that is named."""
    named = [
        name
        for name in ("BC_INVENTORY_ALARM_WEBHOOK", "BC_INVENTORY_ALARM_COMMAND")
        if os.environ.get(name)
    ]
    if not named:
        sys.stderr.write(
            "Neither BC_INVENTORY_ALARM_WEBHOOK nor BC_INVENTORY_ALARM_COMMAND is set: "
            "nobody will be told when a flow fails.\n"
        )
        return 2
    subject = f"[bc-inventory] a trial of the alarm from {socket.gethostname()}"
    failed = send(subject, "Nothing failed; this is how it would be told.\n", {"state": "trial"})
    for reason in failed:
        sys.stderr.write(reason + "\n")
    if not failed:
        sys.stdout.write(f"Sent by {' and '.join(named)}.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
