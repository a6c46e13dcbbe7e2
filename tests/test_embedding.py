"""The wheel in a stranger's project: own users with UUID keys, an app named `api`, mounted under a path.

Nothing here comes from this checkout but the wheel and the README's plugin.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tests.needs import ROOT

UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")

SETTINGS = """
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
INSTALLED_APPS += ["api", "accounts", "shop", "flowstudio"]
AUTH_USER_MODEL = "accounts.User"
ASGI_APPLICATION = "host.asgi.application"
DATABASES["default"]["OPTIONS"] = {
    "transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": "PRAGMA journal_mode=WAL;"}
FLOWSTUDIO = {"DATA_DIR": BASE_DIR / "data"}
"""
ASGI = """
import os
from django.core.asgi import get_asgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "host.settings")
django_application = get_asgi_application()
import flowstudio.asgi
application = flowstudio.asgi.wrap(django_application)
"""
URLS = """
from django.http import HttpResponse
from django.urls import include, path
urlpatterns = [path("", lambda request: HttpResponse("The host's own page.")),
               path("automation/", include("flowstudio.urls"))]
"""
USER = """
import uuid
from django.contrib.auth.models import AbstractUser
from django.db import models
class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
"""
PRODUCT = """
from django.db import models
class Product(models.Model):
    sku = models.CharField(max_length=40, unique=True)
    stock = models.IntegerField()
"""
SET_UP = """
from accounts.models import User
from shop.models import Product
User.objects.create_superuser("ada", "ada@example.com")
Product.objects.create(sku="A1", stock=5)
"""


def readme_plugin() -> str:
    """The example exactly as the README shows it."""
    return re.search(
        r'```python\n("""Workflow nodes of the shop.*?)```', (ROOT / "README.md").read_text(), re.S
    )[1]


def pythons() -> list[str]:
    """This Python and, where the machine has one, another that can run Django 6."""
    newer = subprocess.run([ROOT / "scripts/newer-python"], capture_output=True, text=True)
    return list(dict.fromkeys([sys.executable, *newer.stdout.split()]))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--quiet", "--wheel", "-o", folder, ROOT], check=True)
    return next(folder.glob("*.whl"))


class Host:
    """A fresh Django project with the wheel installed, served by its own `manage.py studio`."""

    def __init__(self, folder: Path, python: str, wheel: Path) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        self.python = folder / "env" / "bin" / "python"
        # The environment is empty but for the wheel; the lock's versions keep the test from drifting.
        versions = folder / "versions.txt"
        export = [UV, "export", "--quiet", "--no-dev", "--no-hashes", "--no-emit-project", "-o", versions]
        subprocess.run(export, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        subprocess.run([UV, "venv", "--quiet", "--python", python, folder / "env"], check=True)
        install = [UV, "pip", "install", "--quiet", "--python", self.python, "-c", versions, wheel]
        subprocess.run(install, check=True)
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "FLOW"))}
        self.run("-m", "django", "startproject", "host", ".")
        for app in ("api", "accounts", "shop"):
            self.run("manage.py", "startapp", app)
        with (self.folder / "host/settings.py").open("a") as settings:
            settings.write(SETTINGS)
        for path, text in {
            "host/asgi.py": ASGI,
            "host/urls.py": URLS,
            "accounts/models.py": USER,
            "shop/models.py": PRODUCT,
            "shop/flow_plugins.py": readme_plugin(),
        }.items():
            (self.folder / path).write_text(text)
        self.run("manage.py", "makemigrations", "accounts", "shop")
        self.run("manage.py", "migrate")
        self.run("manage.py", "shell", "-c", SET_UP)
        self.token = self.run("manage.py", "token", "ada").split()[-1]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def run(self, *args: str) -> str:
        done = subprocess.run(
            [self.python, *args], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{args}: {done.stdout}{done.stderr}"
        return done.stdout

    def serve(self) -> None:
        self.log = (self.folder / "studio.log").open("w")
        self.server = subprocess.Popen(
            [self.python, "manage.py", "studio", "--port", str(self.port)],
            cwd=self.folder,
            env=self.env,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        wait_for(lambda: self.call("GET", "automation/healthz")[0] == 200)

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(20)
        self.log.close()

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict | str]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)
        return status, json.loads(text) if text.startswith(("{", "[")) else text


def wait_for(holds, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "It did not come about in time."
        time.sleep(0.05)


@pytest.fixture(scope="module", params=pythons(), ids=lambda path: Path(path).name)
def host(request, wheel, tmp_path_factory):
    host = Host(tmp_path_factory.mktemp("host"), request.param, wheel)
    host.serve()
    yield host
    host.stop()


def node(id: str, plugin: str, x: int, **config) -> dict:
    return {"id": id, "plugin": plugin, "name": id.title(), "position": [x, 0], "config": config}


def edge(id: str, source: str, port: str, target: str) -> dict:
    return {"id": id, "source": source, "source_port": port, "target": target, "target_port": "payload"}


GRAPH = {
    "format": "flowstudio/1",
    "nodes": [
        node("start", "start", 0),
        node("behind", "run_in_background", 300, forward_payload=True),
        node("reserve", "shop.reserve_stock", 600, sku="payload.sku", quantity="payload.quantity"),
        node("left", "template", 900, template="{{ payload.left }} left"),
    ],
    "edges": [
        edge("e1", "start", "payload", "behind"),
        edge("e2", "behind", "output", "reserve"),
        edge("e3", "reserve", "reserved", "left"),
    ],
}


def test_the_host_keeps_its_own_pages(host):
    assert host.call("GET", "") == (200, "The host's own page.")
    assert host.call("GET", "automation/readyz")[0] == 200


def test_the_systems_checks_are_content(host):
    assert "no issues" in host.run("manage.py", "check")


def test_the_readme_plugin_is_in_the_palette_and_short(host):
    assert len(readme_plugin().splitlines()) <= 25

    _, palette = host.call("GET", "automation/api/plugins/")

    assert "shop.reserve_stock" in {plugin["id"] for plugin in palette["results"]}
    assert palette["broken"] == []


def test_a_test_event_runs_a_branch_live_that_writes_the_hosts_table(host):
    _, workflow = host.call("POST", "automation/api/workflows/", {"name": "Reserve", "graph": GRAPH})
    assert workflow["problems"] == []
    event = {"type": "order.placed", "properties": {"sku": "A1", "quantity": 2}}

    status, answer = host.call("POST", f"automation/api/workflows/{workflow['id']}/test/", {"event": event})
    assert status == 202, answer
    run = answer["run"]["id"]
    steps = {}
    headers = {"Authorization": f"Bearer {host.token}"}
    with connect(
        f"ws://127.0.0.1:{host.port}/automation/ws/live/",
        additional_headers=headers,
        origin=f"http://127.0.0.1:{host.port}",
    ) as live:
        live.send(json.dumps({"op": "watch", "run": run, "after": {}}))
        while steps.get("left", {}).get("status") != "succeeded":
            frame = json.loads(live.recv(timeout=20))
            for step in frame.get("steps", []):
                steps[step["node"]] = step

    assert steps["left"]["outputs"]["payload"]["preview"] == "3 left"
    assert steps["left"]["run"] != run, "the branch ran in its own background run"
    left = host.run(
        "manage.py", "shell", "-c", "from shop.models import Product; print(Product.objects.get().stock)"
    )
    assert left.strip().endswith("3")


def test_the_studio_is_served_with_its_bundle_under_the_hosts_paths(host):
    link = host.run("manage.py", "signin", "ada").split()[-1]
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    path = re.search(r"/automation/sign-in/\S+", link)[0]

    page = opener.open(f"http://127.0.0.1:{host.port}{path}").read().decode()
    script = re.search(r'<script[^>]+src="([^"]+)"', page)[1]

    assert '"base": "/automation/"' in page
    assert opener.open(f"http://127.0.0.1:{host.port}{script}").status == 200
