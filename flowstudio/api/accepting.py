"""A request's body as the events it carries: our own form, a list, or CloudEvents in both modes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from flowstudio.api import shapes
from flowstudio.api.problems import Refused, error_at
from flowstudio.runs.events import NewEvent

MAX_EVENTS = 1_000


def events_in(request: Request) -> tuple[list[NewEvent], bool]:
    """The events, and whether they came as a list (then the answer is one, too)."""
    if "HTTP_CE_SPECVERSION" in request.META:
        return [_cloud_event(_binary_mode(request))], False
    data = request.data
    if not isinstance(data, list):
        return [_event(data)], False
    if not 0 < len(data) <= MAX_EVENTS:
        message = f"A list holds 1 to {MAX_EVENTS:,} events; this one holds {len(data):,}."
        raise Refused(400, "invalid", message, [error_at((), message)])
    return _all_of(data), True


def _all_of(data: list[Any]) -> list[NewEvent]:
    """Every event of a list, or the errors of all that are wrong."""
    found: list[NewEvent] = []
    errors: dict[Any, Any] = {}
    for index, item in enumerate(data):
        serializer = _serializer(item)
        if serializer.is_valid():
            found.append(_new(serializer.validated_data))
        else:
            errors[index] = serializer.errors
    if errors:
        raise ValidationError(errors)
    return found


def _event(data: Any) -> NewEvent:
    serializer = _serializer(data)
    serializer.is_valid(raise_exception=True)
    return _new(serializer.validated_data)


def _cloud_event(data: Mapping[str, Any]) -> NewEvent:
    serializer = shapes.CloudEventBody(data=data)
    serializer.is_valid(raise_exception=True)
    return _new(serializer.validated_data)


def _serializer(data: Any) -> Any:
    is_cloud_event = isinstance(data, dict) and "specversion" in data
    return (shapes.CloudEventBody if is_cloud_event else shapes.EventBody)(data=data)


def _new(given: Mapping[str, Any]) -> NewEvent:
    return NewEvent(
        type=given["type"],
        properties=given["data"] if "specversion" in given else given["properties"],
        id=given.get("id"),
        source=given.get("source", ""),
        subject=given.get("subject"),
        time=given.get("time"),
    )


def _binary_mode(request: Request) -> dict[str, Any]:
    """A CloudEvent whose attributes are headers (`ce-type: …`) and whose data is the body."""
    attributes = {
        name.removeprefix("HTTP_CE_").lower(): unquote(value)  # headers carry other characters as %XX
        for name, value in request.META.items()
        if name.startswith("HTTP_CE_")
    }
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return {**attributes, "data": request.data if announced != "0" else None}
