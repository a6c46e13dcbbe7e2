"""The live socket of a real studio: daphne, a browser's cookies, a branch that is watched as it runs."""

import http.cookiejar
import json
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.drawing import graph


class Visitor:
    """Signed in by the printed link, with the cookies of that."""

    def __init__(self, studio):
        self.url = studio.url.rstrip("/")
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.open(studio.sign_in_link).read()

    @property
    def cookies(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json", "X-CSRFToken": self._csrf_token(), "Referer": self.url}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/{path}", data, headers, method=method)
        return json.loads(self.opener.open(request).read())

    def _csrf_token(self):
        return json.loads(self.opener.open(f"{self.url}/api/me/").read())["csrf_token"]

    def socket(self, origin=None, cookies=None):
        headers = {"Cookie": self.cookies if cookies is None else cookies}
        address = self.url.replace("http", "ws", 1) + "/ws/live/"
        return connect(address, origin=origin or self.url, additional_headers=headers, proxy=None)


@pytest.fixture(scope="module")
def visitor(shared_studio):
    return Visitor(shared_studio)


def frames_until(socket, is_last):
    found = []
    while True:
        found.append(json.loads(socket.recv(timeout=10)))
        if found[-1]["op"] == "trace":
            socket.send(json.dumps({"op": "ack", "run": found[-1]["run"], "seq": found[-1]["seq"]}))
        if is_last(found[-1]):
            return found


def test_a_branch_of_an_unsaved_draft_is_watched_live(visitor, tmp_path):
    draft = graph(
        ("start", "start"),
        ("back", "run_in_background"),
        ("note", "note", {"path": str(tmp_path / "notes"), "seconds": 0.3}),
        ("log", "log", {"message": "{{ event.properties.name }}"}),
        edges=["start > back", "back.output > note", "note > log"],
    ).to_document()
    workflow = visitor.call("POST", "workflows/", {"name": "Draft"})
    event = {"type": "test", "properties": {"name": "Ada"}}

    run = visitor.call("POST", f"workflows/{workflow['id']}/test/", {"event": event, "graph": draft})["run"]
    with visitor.socket() as socket:
        socket.send(json.dumps({"op": "watch", "run": run["id"], "after": {}}))
        frames = frames_until(
            socket,
            lambda frame: (
                frame["op"] == "run" and frame["run"]["kind"] == "background" and frame["run"]["ended"]
            ),
        )

    steps = [step for frame in frames if frame["op"] == "trace" for step in frame["steps"]]
    branch = [(step["node"], step["status"]) for step in steps if step["run"] != run["id"]]
    assert ("note", "running") in branch
    assert branch[-1] == ("log", "succeeded")
    assert steps[-1]["log"][0]["message"] == "Ada"


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"origin": "http://evil.example"}, 4403), ({"cookies": ""}, 4401)],
    ids=["foreign", "nobody"],
)
def test_a_foreign_page_and_nobody_are_refused(visitor, asked, code):
    with visitor.socket(**asked) as socket, pytest.raises(ConnectionClosed):
        socket.recv(timeout=5)

    assert socket.close_code == code
