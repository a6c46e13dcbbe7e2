"""Who may do what with which workflow: unseen is 404, seen but not allowed is 403."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework.exceptions import PermissionDenied

from flowstudio.models import Role, Run, Workflow, WorkflowGrant

DOING = {
    Role.EDIT: "edit",
    Role.RUN: "run",
    Role.PUBLISH: "publish or switch on",
    Role.PAYLOADS: "see the payloads of",
}


def workflow(user: Any, workflow_id: UUID, *roles: str) -> Workflow:
    """The workflow, if ``user`` sees it and has all ``roles`` on it."""
    found = (
        Workflow.objects.for_user(user)
        .select_related("owner", "updated_by", "published")
        .filter(pk=workflow_id)
        .first()
    )
    if found is None:
        raise Http404
    require(user, found, *roles)
    return found


def require(user: Any, found: Workflow, *roles: str) -> None:
    has = roles_on(user, [found])[found.pk]
    for role in roles:
        if role not in has:
            raise PermissionDenied(
                f"You may not {DOING[Role(role)]} this workflow: you lack the role '{role}'. "
                "Its owner can grant it to one of your groups."
            )


def run(user: Any, run_id: UUID, *roles: str) -> Run:
    """The run, if ``user`` sees its workflow and has all ``roles`` on it."""
    found = (
        Run.objects.for_user(user).select_related("workflow", "version", "event").filter(pk=run_id).first()
    )
    if found is None:
        raise Http404
    require(user, found.workflow, *roles)
    return found


def sees_payloads(user: Any, found: Workflow) -> bool:
    return Role.PAYLOADS in roles_on(user, [found])[found.pk]


def with_payloads(user: Any) -> set[UUID]:
    """The workflows whose payloads ``user`` may see, deleted ones too."""
    found = Workflow.objects.for_user(user, Role.PAYLOADS, deleted=True)
    return set(found.values_list("pk", flat=True))


def roles_on(user: Any, workflows: Iterable[Workflow]) -> dict[UUID, list[str]]:
    """The roles of ``user`` on workflows that they see, with one query for all."""
    workflows = list(workflows)
    if user.is_superuser:
        return {found.pk: list(Role.values) for found in workflows}
    granted: dict[UUID, set[str]] = {
        found.pk: set(Role.values) if found.owner_id == user.pk else {Role.VIEW} for found in workflows
    }
    grants = WorkflowGrant.objects.filter(workflow__in=list(granted), group__in=user.groups.all())
    for workflow_id, role in grants.values_list("workflow", "role"):
        granted[workflow_id].add(role)
    return {key: [role for role in Role.values if role in has] for key, has in granted.items()}
