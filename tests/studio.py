"""A studio as its users have it: a real process, for tests and measurements. Needs no Django here."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def until(condition, seconds=10.0, every=0.01):
    """What ``condition`` returns as soon as it is true; fails when it is not in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(every)
    return found


class Studio:
    """A real `manage.py studio` process with a data folder of its own, on a free port."""

    def __init__(self, data, host="127.0.0.1", port=0, environment=None):
        self.data, self.host, self.port = Path(data), host, port
        self.environment = environment or {}
        self.url = self.sign_in_link = ""
        self.process = None
        self.output = self.data / "output.txt"

    @property
    def database(self):
        return self.data / "studio.sqlite3"

    def start(self):
        self.begin()
        until(self._has_answered, seconds=20)
        return self

    def begin(self, command="studio"):
        """Start the process without waiting for it; ``worker`` runs workflows and serves nothing."""
        self.data.mkdir(parents=True, exist_ok=True)
        where = ["--host", self.host, "--port", str(self.port), "--data", str(self.data)]
        arguments = [command, *where] if command == "studio" else [command]
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd=ROOT,
            )

    def _environment(self):
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.studio_settings",
            "FLOWSTUDIO_DATA": str(self.data),
            **self.environment,
        }

    def _has_answered(self):
        text = self.output.read_text()
        assert self.process.poll() is None, f"The studio ended with {self.process.returncode}:\n{text}"
        if (address := re.search(r"FlowStudio: (http\S+)", text)) is None:
            return False
        self.url = address[1]
        if (link := re.search(r"Sign in once with: (http\S+)", text)) is not None:
            self.sign_in_link = link[1]
        return "Ready." in text

    def kill(self):
        """As a crash does it: no handler runs."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=15):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return self.process.returncode

    def rows(self, statement, *parameters):
        """Rows of the studio's database, read beside it."""
        connection = sqlite3.connect(self.database, timeout=30)
        try:
            return connection.execute(statement, parameters).fetchall()
        finally:
            connection.close()

    def manage(self, *arguments, code=None):
        """Run a management command on the studio's data; its output."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            capture_output=True,
            text=True,
            env=self._environment(),
            cwd=ROOT,
            input=code,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
