"""JSON in and out: orjson with the one check of values, bodies cut at the limit while they are read."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from flowstudio.conf import settings
from flowstudio.engine import values


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"

    def __init__(self) -> None:
        super().__init__(f"The body is larger than {settings.MAX_BODY_BYTES:,} bytes. Send less at once.")


def read_body(stream: Any, announced: int) -> bytes:
    """The whole body, unless it is announced or turns out to be larger than the limit."""
    limit = settings.MAX_BODY_BYTES
    if announced > limit:
        raise BodyTooLarge
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge
    return body


class JSONParser(BaseParser):
    """Deliberately not DRF's: that one reads the whole body first and accepts NaN."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        meta = (parser_context or {})["request"].META
        encoding = meta.get("HTTP_CONTENT_ENCODING", "identity")
        if encoding != "identity":  # a few compressed kilobytes unpack to gigabytes
            raise UnsupportedMediaType(encoding, "Compressed bodies are not taken; send plain JSON.")
        body = read_body(stream, int(meta.get("CONTENT_LENGTH") or 0))
        try:
            return values.loads(body)
        except values.ValueRefused as refused:
            raise ParseError(str(refused)) from refused


class CloudEventParser(JSONParser):
    media_type = "application/cloudevents+json"


class CloudEventBatchParser(JSONParser):
    media_type = "application/cloudevents-batch+json"


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    """What Django and DRF put into answers beside JSON: lazy texts, and mappings of their own."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


class AlwaysJSON(DefaultContentNegotiation):
    """The API speaks JSON whatever `Accept` says; a browser that opens an address sees JSON too."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type
