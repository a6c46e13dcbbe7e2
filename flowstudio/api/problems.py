"""Every error as a problem document (RFC 9457): the one place that maps exceptions to answers."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from flowstudio.api.media import BodyTooLarge
from flowstudio.engine.errors import GraphInvalid, Problem
from flowstudio.runs.events import EventRefused

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger("django.request")


class Refused(exceptions.APIException):
    """A request that was understood and is not carried out; ``extra`` goes into the document as it is."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[Mapping[str, Any]] = (),
        **extra: Any,
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status
        self.errors, self.extra = list(errors), extra


def error_at(path: Iterable[str | int], message: str) -> dict[str, Any]:
    return {"path": list(path), "message": message}


def of_graph(problems: Sequence[Problem], status: int = 422) -> Refused:
    """A graph that cannot be published, run or stored: each problem at its place."""
    return Refused(
        status,
        "graph_invalid",
        "The graph has problems." if len(problems) != 1 else problems[0].message,
        [error_at(["graph", *place_in_graph(problem)], problem.message) for problem in problems],
        problems=[problem.as_dict() for problem in problems],
    )


def place_in_graph(problem: Problem) -> list[str | int]:
    """By the ids of nodes and edges, which stay when others come and go."""
    if problem.node is not None:
        return ["nodes", problem.node, *problem.path]
    if problem.edge is not None:
        return ["edges", problem.edge, *problem.path]
    return list(problem.path)


def document(
    status: int, code: str, detail: str, errors: Sequence[Mapping[str, Any]] = (), **extra: Any
) -> dict[str, Any]:
    return {
        "type": f"urn:flowstudio:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        **extra,
    }


def respond(exception: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler for all our views."""
    known = _known(exception)
    if known is None:
        request = context["request"]
        logger.error("Internal Server Error: %s", request.path, exc_info=exception)
        got_request_exception.send(sender=None, request=request._request)
        known = Refused(500, "internal", "Something went wrong in the server; its log says what.")
    return Response(
        _document_of(known), status=known.status_code, headers=_headers(known), content_type=CONTENT_TYPE
    )


def plain(status: int, code: str, detail: str) -> JsonResponse:
    """The same document for a view that is not DRF's."""
    return JsonResponse(document(status, code, detail), status=status, content_type=CONTENT_TYPE)


def _known(exception: Exception) -> exceptions.APIException | None:
    match exception:
        case exceptions.APIException():
            return exception
        case Http404():
            return exceptions.NotFound("There is nothing here, or it is not yours to see.")
        case PermissionDenied():
            return exceptions.PermissionDenied(str(exception) or None)
        case RequestDataTooBig():
            return BodyTooLarge()
        case SuspiciousOperation():
            return exceptions.ParseError(str(exception))
        case GraphInvalid():
            return of_graph(exception.problems)
        case EventRefused():
            return Refused(422, exception.code, exception.message, [error_at((), exception.message)])
    return None


def _document_of(exception: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exception, Refused):
        return document(
            exception.status_code,
            _code(exception),
            str(exception.detail),
            exception.errors,
            **exception.extra,
        )
    if isinstance(exception.detail, dict | list):
        errors = list(_flatten(exception.detail))
        first = errors[0] if errors else error_at((), "The request is not valid.")
        where = ".".join(map(str, first["path"]))
        detail = f"{where}: {first['message']}" if where else first["message"]
        return document(exception.status_code, "invalid", detail, errors)
    return document(exception.status_code, _code(exception), str(exception.detail))


def _code(exception: exceptions.APIException) -> str:
    return str(getattr(exception.detail, "code", exception.default_code))


def _flatten(detail: Any, path: tuple[str | int, ...] = ()) -> Iterable[dict[str, Any]]:
    """DRF's nested error details as a flat list of places and messages."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            inside = path if key == api_settings.NON_FIELD_ERRORS_KEY else (*path, key)
            yield from _flatten(value, inside)
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            nested = isinstance(value, dict | list)
            yield from _flatten(value, (*path, index) if nested else path)
    else:
        yield error_at(path, str(detail))


def _headers(exception: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers
