"""Call another server over HTTP."""

import asyncio
import json
from typing import Literal

import httpx

from flowstudio.plugin import Data, Field, NodeConfig, NodeFailed, Plugin, Port, Template


class HttpRequest(Plugin):
    """Calls an http or https address and passes the answer on.

    Any status below 400 is a success; from 400 on the node fails, with status and answer in the message.
    Up to five redirects are followed; headers that may carry credentials stay at their own origin.
    Private, local and metadata addresses are refused when the connection is made, whatever the name,
    unless this installation allows them; so are ports other than 80, 443, 8080 and 8443, and answers over
    10 MB.

    POST and PATCH carry an `Idempotency-Key` header, the same one if the node runs again after a crash, so
    that a server that knows the header acts once.
    """

    name, group, icon = "HTTP request", "HTTP", "globe"
    outputs = (
        Port(
            "response",
            "The answer: `status`, `headers` (names in lower case), `body` (a value if the answer is JSON, "
            "else text) and `url` (the address that answered, after redirects).",
            type="object",
        ),
    )
    acts = "calls another server"
    errors = {
        "Status": "The answer has a status of 400 or above.",
        "Address refused": "The address is private, its port or its kind is not allowed, or it redirects to "
        "such a one.",
        "No answer": "The name was not found, the connection failed, or the time limit passed.",
    }

    class Config(NodeConfig):
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = Field(
            default="GET", title="Method", description="What to ask the server to do."
        )
        url: Template = Field(
            min_length=1,
            title="URL",
            description="The address to call.",
            examples=["https://api.example.com/orders/{{ payload.id }}"],
            json_schema_extra={"x-ui": {"placeholder": "https://"}},
        )
        headers: Data = Field(
            default={},
            title="Headers",
            description="An object of header names and values.",
            examples=[{"Accept": "application/json"}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )
        query: Data = Field(
            default={},
            title="Query",
            description="An object of parameters for the URL. A list gives its parameter several times.",
            examples=[{"page": 1, "tag": ["new", "open"]}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )
        body: Data = Field(
            default=None,
            title="Body",
            description="Text is sent as it is, any other value as JSON. Leave it empty for no body.",
            examples=[{"order": "{{ payload }}"}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )
        timeout: float = Field(
            default=30.0,
            gt=0,
            le=300,
            title="Time limit",
            description="Seconds for the whole call, redirects included; at most 300.",
        )

    async def run(self, payload):
        try:
            async with asyncio.timeout(self.config.timeout):
                response = await self.context.http.request(**self._request())
        except TimeoutError:
            raise NodeFailed(f"There was no answer within {self.config.timeout:g} seconds.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NodeFailed(str(error)) from None
        if response.is_error:
            raise NodeFailed(f"The server answered {_line(response)}")
        return "response", _answer(response)

    def _request(self):
        headers = {name: _text(value) for name, value in _object(self.config.headers, "Headers").items()}
        if self.config.method in ("POST", "PATCH"):
            headers.setdefault("Idempotency-Key", self.context.idempotency_key)
        request = {"method": self.config.method, "url": self.config.url.strip(), "headers": headers}
        if query := _object(self.config.query, "Query"):
            request["params"] = httpx.URL(request["url"]).params.merge(query)
        body = self.config.body
        if isinstance(body, str):
            request["content"] = body.encode()
        elif body is not None:
            request["json"] = body
        return request


def _object(value, title):
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise NodeFailed(f"{title} must be a JSON object of names and values.")
    return value


def _text(value):
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line(response):
    body = response.text.strip()
    return f"{response.status_code} {response.reason_phrase}".strip() + (f": {body[:500]}" if body else ".")


def _answer(response):
    return {
        "status": response.status_code,
        "headers": {name: response.headers[name] for name in response.headers},
        "body": _body(response),
        "url": str(response.url),
    }


def _body(response):
    """The body as a value where the answer is JSON; text that only claims to be JSON stays text."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return response.json()
        except ValueError:
            return response.text
    return response.text
