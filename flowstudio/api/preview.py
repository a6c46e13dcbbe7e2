"""Tries an expression, template or data on what a step of a run was given."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import access, shapes
from flowstudio.api.openapi import operation
from flowstudio.api.problems import Refused, error_at
from flowstudio.api.views import ApiView
from flowstudio.engine import expressions, values
from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.values import JSON
from flowstudio.models import Role
from flowstudio.runs import preview


class Preview(ApiView):
    @operation(
        "expressions_preview",
        "The value of an expression in a recorded step, or what is wrong with it",
        {200: shapes.PreviewResult},
        body=shapes.PreviewBody,
        problem=(404, 422),
        tag="expressions",
    )
    def post(self, request: Request) -> Response:
        given = self.body(shapes.PreviewBody)
        run = access.run(request.user, given["run"], Role.PAYLOADS)
        try:
            program = _compiled(given["kind"], given["source"])
            scope = preview.scope(run, given["node"], given["iteration"], program.names)
            value = program.evaluate(scope)
        except preview.NothingRecorded as missing:
            raise Refused(422, "not_recorded", str(missing), [error_at(["node"], str(missing))]) from None
        except ExpressionError as error:
            fault = {"message": error.message, "line": error.line, "column": error.column}
            return Response({"error": fault})
        return Response({"value": value, "type": values.type_name(value)})


def _compiled(kind: str, source: JSON) -> expressions.Compiled:
    if kind == "data":
        return expressions.compile_data(source)
    return _OF_TEXT[kind](source)


_OF_TEXT: Any = {
    "expression": expressions.compile_expression,
    "template": expressions.compile_template,
}
