"""Workflows: list, create, read, save, delete, check, and who may do what with them."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import access, shapes, workflow_json
from flowstudio.api.openapi import operation, page_of
from flowstudio.api.pages import paged
from flowstudio.api.problems import Refused, error_at
from flowstudio.api.views import ApiView
from flowstudio.engine.graph import Graph, empty_document
from flowstudio.models import Role, Workflow, WorkflowGrant

TAG = "workflows"


def stale(request: Request, workflow: Workflow) -> Refused:
    return Refused(
        409,
        "stale_revision",
        f"This workflow was saved by somebody else in between: it is at revision {workflow.revision} now.",
        [error_at(["revision"], f"The current revision is {workflow.revision}.")],
        current=workflow_json.whole(request.user, workflow),
    )


class Workflows(ApiView):
    @operation(
        "workflows_list",
        "The workflows you may see",
        {200: page_of(shapes.WorkflowRow, "WorkflowPage")},
        query=shapes.PageQuery,
        tag=TAG,
    )
    def get(self, request: Request) -> Response:
        self.query(shapes.PageQuery)
        found = Workflow.objects.for_user(request.user).select_related("owner", "updated_by", "published")
        return paged(
            request, found, lambda page: workflow_json.rows(request.user, page), ordering=("name", "id")
        )

    @operation(
        "workflows_create",
        "Create a workflow, switched off",
        {201: shapes.WorkflowShape},
        body=shapes.WorkflowCreate,
        tag=TAG,
    )
    def post(self, request: Request) -> Response:
        user: Any = request.user
        if not user.has_perm("flowstudio.add_workflow"):
            raise PermissionDenied(
                "You may not create workflows: your user lacks the permission 'flowstudio.add_workflow'."
            )
        given = self.body(shapes.WorkflowCreate)
        graph = given.get("graph") or Graph.from_document(empty_document())
        workflow = Workflow.objects.create(
            name=given.get("name", "New workflow"),
            description=given.get("description", ""),
            settings=given.get("settings", {}),
            graph=graph.to_bytes(),
            owner=user,
            updated_by=user,
        )
        return Response(workflow_json.whole(request.user, workflow), status=201)


class WorkflowItem(ApiView):
    @operation(
        "workflows_read",
        "A workflow with its draft graph and that graph's problems",
        {200: shapes.WorkflowShape},
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, workflow_id: UUID) -> Response:
        return Response(workflow_json.whole(request.user, access.workflow(request.user, workflow_id)))

    @operation(
        "workflows_save",
        "Save what is given; a stale revision changes nothing",
        {200: shapes.WorkflowShape},
        body=shapes.WorkflowUpdate,
        problem=(404, 409, 422),
        problem_shapes={409: shapes.WorkflowConflict},
        tag=TAG,
    )
    def patch(self, request: Request, workflow_id: UUID) -> Response:
        return self._save(request, workflow_id)

    @operation(
        "workflows_put",
        "The same as PATCH",
        {200: shapes.WorkflowShape},
        body=shapes.WorkflowUpdate,
        problem=(404, 409, 422),
        problem_shapes={409: shapes.WorkflowConflict},
        tag=TAG,
    )
    def put(self, request: Request, workflow_id: UUID) -> Response:
        return self._save(request, workflow_id)

    @operation(
        "workflows_delete",
        "Delete a workflow; its runs stay readable and go on",
        {204: None},
        problem=(404,),
        tag=TAG,
    )
    def delete(self, request: Request, workflow_id: UUID) -> Response:
        access.workflow(request.user, workflow_id, Role.EDIT, Role.PUBLISH)
        Workflow.objects.for_user(request.user).filter(pk=workflow_id).update(
            deleted=timezone.now(), enabled=False
        )
        return Response(status=204)

    def _save(self, request: Request, workflow_id: UUID) -> Response:
        before = access.workflow(request.user, workflow_id)
        given = self.body(shapes.WorkflowUpdate)
        self._check_roles(request, before, given)
        if given.get("enabled") and before.published_id is None:
            message = "Publish the workflow first: only a published version can be switched on."
            raise Refused(422, "not_published", message, [error_at(["enabled"], message)])
        saved = Workflow.objects.for_user(request.user).filter(pk=workflow_id, revision=given["revision"])
        if not saved.update(**_columns(given, before), updated_by=request.user, updated=timezone.now()):
            raise stale(request, access.workflow(request.user, workflow_id))
        return Response(workflow_json.whole(request.user, access.workflow(request.user, workflow_id)))

    def _check_roles(self, request: Request, workflow: Workflow, given: dict[str, Any]) -> None:
        """Switching on is an act of publishing; everything else is editing."""
        if "enabled" in given:
            access.require(request.user, workflow, Role.PUBLISH)
        if set(given) - {"enabled", "revision"} or "enabled" not in given:
            access.require(request.user, workflow, Role.EDIT)


def _columns(given: dict[str, Any], before: Workflow) -> dict[str, Any]:
    changed: dict[str, Any] = {
        name: given[name] for name in ("name", "description", "enabled") if name in given
    }
    if "graph" in given:
        changed["graph"] = given["graph"].to_bytes()
    if "settings" in given:
        changed["settings"] = {**before.settings, **given["settings"]}
    return {**changed, "revision": F("revision") + 1}


class WorkflowCheck(ApiView):
    @operation(
        "workflows_check",
        "The problems of a graph that is not saved; has no effects",
        {200: shapes.ProblemList},
        body=shapes.GraphBody,
        problem=(404,),
        tag=TAG,
    )
    def post(self, request: Request, workflow_id: UUID) -> Response:
        access.workflow(request.user, workflow_id)
        graph = self.body(shapes.GraphBody)["graph"]
        return Response({"problems": workflow_json.problems_of(graph, request.user)})


class WorkflowGrants(ApiView):
    @operation(
        "grants_list",
        "Which group has which roles",
        {200: shapes.GrantBody(many=True)},
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, workflow_id: UUID) -> Response:
        return Response(_grants(access.workflow(request.user, workflow_id)))

    @operation(
        "grants_replace",
        "Say anew which group has which roles; only the owner may",
        {200: shapes.GrantBody(many=True)},
        body=shapes.GrantBody(many=True),
        problem=(404,),
        tag=TAG,
    )
    def put(self, request: Request, workflow_id: UUID) -> Response:
        workflow = access.workflow(request.user, workflow_id)
        if not (request.user.is_superuser or workflow.owner_id == request.user.pk):
            raise PermissionDenied("Only the workflow's owner may say who else works on it.")
        given = self.body(shapes.GrantBody, many=True)
        groups = groups_by_name([grant["group"] for grant in given])
        wanted = {(groups[grant["group"]], role) for grant in given for role in grant["roles"]}
        with transaction.atomic():
            workflow.workflowgrant_set.all().delete()
            WorkflowGrant.objects.bulk_create(
                WorkflowGrant(workflow=workflow, group=group, role=role) for group, role in wanted
            )
        return Response(_grants(workflow))


def groups_by_name(names: list[str]) -> dict[str, Group]:
    found = {group.name: group for group in Group.objects.filter(name__in=names)}
    errors = [
        error_at([index, "group"], f"There is no group {name!r}.")
        for index, name in enumerate(names)
        if name not in found
    ]
    if errors:
        raise Refused(400, "invalid", errors[0]["message"], errors)
    return found


def _grants(workflow: Workflow) -> list[dict[str, Any]]:
    roles: dict[str, list[str]] = {}
    for name, role in workflow.workflowgrant_set.order_by("group__name").values_list("group__name", "role"):
        roles.setdefault(name, []).append(role)
    return [
        {"group": name, "roles": [role for role in Role.values if role in has]} for name, has in roles.items()
    ]
