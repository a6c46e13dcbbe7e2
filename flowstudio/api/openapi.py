"""How an operation is described: what it answers, and the problem documents it may answer with instead."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from flowstudio.api import problems, shapes

Method = TypeVar("Method", bound=Callable[..., Any])

TEXTS = {
    400: "The request is malformed or a value is not allowed.",
    401: "No user: sign in or send a token.",
    403: "Seen, but not allowed; or the CSRF token is missing.",
    404: "Not there, or not yours to see.",
    409: "Somebody else saved in between.",
    413: "The body is over the limit.",
    415: "The body is not JSON.",
    422: "Understood and refused; the reasons stand at their places.",
}
ALWAYS = (401, 403)
WITH_BODY = (400, 413, 415)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "flowstudio.api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "flowstudio.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def operation(
    operation_id: str,
    summary: str,
    answers: Mapping[Any, Any],
    *,
    body: Any = None,
    query: type[serializers.Serializer] | None = None,
    problem: tuple[int, ...] = (),
    problem_shapes: Mapping[int, type[serializers.Serializer]] | None = None,
    tag: str,
) -> Callable[[Method], Method]:
    """Describe one method of a view. Unset: no body, no query, and only the problems all calls share."""

    def describe(method: Method) -> Method:
        # extend_schema builds on the host's DEFAULT_SCHEMA_CLASS unless the method already carries one
        method.schema = AutoSchema()  # type: ignore[attr-defined]
        codes = {*ALWAYS, *problem, *(WITH_BODY if body else ()), *((400,) if query else ())}
        shaped = problem_shapes or {}
        refusals = {
            (code, problems.CONTENT_TYPE): OpenApiResponse(
                shaped.get(code, shapes.ProblemDocument), description=TEXTS[code]
            )
            for code in sorted(codes)
        }
        return extend_schema(
            operation_id=operation_id,
            summary=summary,
            request=body,
            parameters=[query] if query else None,
            responses={**answers, **refusals},
            tags=[tag],
            filters=False,
        )(method)

    return describe


def page_of(row: type[serializers.Serializer], name: str) -> type[serializers.Serializer]:
    """The shape of one page of a list."""
    return type(
        name,
        (serializers.Serializer,),
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": row(many=True),
        },
    )
