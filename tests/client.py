"""A caller of a running studio's API: plain HTTP with a token, nothing of ours in between."""

import json
import urllib.error
import urllib.request


class Client:
    """``call`` returns (status, decoded body); ``get`` and ``post`` insist on success."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(
            f"{self.url}/api/{path}",
            method=method,
            data=body if body is None or isinstance(body, bytes) else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def get(self, path):
        return self._succeed("GET", path)

    def post(self, path, body=None):
        return self._succeed("POST", path, {} if body is None else body)

    def pages(self, path):
        """All results of a list, page by page."""
        page = self.get(path)
        results = page["results"]
        while page["next"]:
            page = self.get(page["next"].split("/api/", 1)[1])
            results += page["results"]
        return results

    def _succeed(self, method, path, body=None):
        status, answer = self.call(method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return answer
