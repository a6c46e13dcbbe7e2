"""What a Respond node said, as an HTTP answer: to a webhook's caller, or to an event's sender who waits."""

from typing import Any, Final

import orjson
from django.http import HttpResponse

from flowstudio.engine import values

# A workflow's author may be less trusted than the studio, whose origin this answer has: headers that
# act on the browser or on the connection are not the author's to set.
PASSED_ON: Final = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-language",
        "content-type",
        "etag",
        "expires",
        "last-modified",
        "link",
        "location",
        "retry-after",
    }
)


def response_of(stored: bytes) -> HttpResponse:
    """The answer as it is stored with its run."""
    answer = values.loads(bytes(stored))
    response = HttpResponse(_body(answer["body"]), status=answer["status"])
    response["Content-Type"] = _content_type(answer["body"])
    for name, value in answer["headers"].items():
        if name.lower() in PASSED_ON or name.lower().startswith("x-flow-"):
            response[name] = value
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else orjson.dumps(body)


def _content_type(body: Any) -> str:
    return "text/plain; charset=utf-8" if body is None or isinstance(body, str) else "application/json"
