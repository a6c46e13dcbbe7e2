"""Fire a test event on a workflow's draft, saved or not."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import access, problems, shapes, workflow_json
from flowstudio.api.openapi import operation
from flowstudio.api.views import ApiView
from flowstudio.engine import values
from flowstudio.engine.graph import Graph
from flowstudio.models import Role, Workflow
from flowstudio.runs import reading, submit, writer
from flowstudio.runs.events import NewEvent

REFUSED = ("disabled_plugin", "cycle", "crosses_border", "unknown_loop", "not_offered")


class TestWorkflow(ApiView):
    @operation(
        "workflows_test",
        "Fire a test event on the draft or on the graph given here",
        {202: shapes.RunStarted},
        body=shapes.TestBody,
        problem=(404, 422),
        problem_shapes={422: shapes.GraphProblemDocument},
        tag="workflows",
    )
    def post(self, request: Request, workflow_id: UUID) -> Response:
        workflow = access.workflow(request.user, workflow_id, Role.RUN)
        given = self.body(shapes.TestBody)
        run = writer.run(
            submit.start_test,
            workflow,
            graph=draft_or_given(request.user, workflow, given),
            event=NewEvent(type=given["event"]["type"], properties=given["event"]["properties"]),
            start=given.get("start"),
            until=given.get("until"),
            pins=given.get("pins"),
            user=request.user,
        )
        payloads = access.sees_payloads(request.user, workflow)
        return Response({"run": reading.run_json(run, payloads=payloads)}, status=202)


def draft_or_given(user: Any, workflow: Workflow, given: Mapping[str, Any]) -> Graph:
    """The graph to try out. An unsaved one is an edit.

    Faults of nodes that the run does not reach do not matter; but no door may run a plugin that is closed
    to a person or use what is not offered to them, and nodes of a circle would wait for one another without
    a word.
    """
    if "graph" in given:
        access.require(user, workflow, Role.EDIT)
    graph = given.get("graph") or Graph.from_document(values.loads(bytes(workflow.graph)))
    found = [problem for problem in workflow_json.check(graph, user) if problem.code in REFUSED]
    if found:
        raise problems.of_graph(found)
    return graph
