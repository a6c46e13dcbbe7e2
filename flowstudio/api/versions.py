"""Versions of a workflow: publish the draft, list, read, put one back into the draft."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import access, problems, shapes, workflow_json
from flowstudio.api.openapi import operation, page_of
from flowstudio.api.pages import paged
from flowstudio.api.views import ApiView
from flowstudio.api.workflows import stale
from flowstudio.engine import values
from flowstudio.engine.graph import Graph
from flowstudio.models import Role, Version, Workflow
from flowstudio.runs import graphs, publishing

TAG = "versions"


class Publish(ApiView):
    @operation(
        "workflows_publish",
        "Make the draft the version that events start",
        {200: shapes.VersionShape},
        body=shapes.PublishBody,
        problem=(404, 409, 422),
        problem_shapes={409: shapes.WorkflowConflict, 422: shapes.GraphProblemDocument},
        tag=TAG,
    )
    def post(self, request: Request, workflow_id: UUID) -> Response:
        access.workflow(request.user, workflow_id, Role.PUBLISH)
        given = self.body(shapes.PublishBody)
        with transaction.atomic():
            workflow = _locked(request, workflow_id)
            if given.get("revision", workflow.revision) != workflow.revision:
                raise stale(request, access.workflow(request.user, workflow_id))
            version = _publish(workflow, request.user, given)
        return Response(workflow_json.version(version))


def _locked(request: Request, workflow_id: UUID) -> Workflow:
    """So that two who publish at once get two numbers, and nobody saves in between."""
    try:
        return Workflow.objects.for_user(request.user).select_for_update().get(pk=workflow_id)
    except Workflow.DoesNotExist:
        raise Http404 from None


def _publish(workflow: Workflow, user: Any, given: dict[str, Any]) -> Version:
    graph = Graph.from_document(values.loads(bytes(workflow.graph)))
    found = [problem for problem in workflow_json.check(graph, user) if problem.severity == "error"]
    if found:
        raise problems.of_graph(found)
    return publishing.publish(workflow, graph, user=user, name=given["name"], note=given["note"])


class Versions(ApiView):
    @operation(
        "versions_list",
        "The published versions, newest first",
        {200: page_of(shapes.VersionShape, "VersionPage")},
        query=shapes.PageQuery,
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, workflow_id: UUID) -> Response:
        self.query(shapes.PageQuery)
        found = access.workflow(request.user, workflow_id).versions.select_related("created_by")
        return paged(
            request, found, lambda page: [workflow_json.version(row) for row in page], ordering=("-number",)
        )


class VersionItem(ApiView):
    @operation(
        "versions_read",
        "A version with its graph",
        {200: shapes.VersionDetail},
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, workflow_id: UUID, number: int) -> Response:
        found = _version(access.workflow(request.user, workflow_id), number)
        graph = graphs.graph_of(found.snapshot_id).to_document()
        return Response({**workflow_json.version(found), "graph": graph})


class RestoreVersion(ApiView):
    @operation(
        "versions_restore",
        "Put a version's graph back into the draft; what is published stays",
        {200: shapes.WorkflowShape},
        problem=(404,),
        tag=TAG,
    )
    def post(self, request: Request, workflow_id: UUID, number: int) -> Response:
        found = _version(access.workflow(request.user, workflow_id, Role.EDIT), number)
        Workflow.objects.for_user(request.user).filter(pk=workflow_id).update(
            graph=graphs.graph_of(found.snapshot_id).to_bytes(),
            revision=F("revision") + 1,
            updated=timezone.now(),
            updated_by=request.user,
        )
        return Response(workflow_json.whole(request.user, access.workflow(request.user, workflow_id)))


def _version(workflow: Workflow, number: int) -> Version:
    found = workflow.versions.select_related("created_by").filter(number=number).first()
    if found is None:
        raise Http404
    return found
