"""What the hub reads: plain functions, run on the hub's database thread."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
    load_backend,
)
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from flowstudio import models, tokens
from flowstudio.models import Role, Run, Step, Workflow
from flowstudio.runs import reading

STEPS_AT_ONCE = 500
RUNS_AT_ONCE = 200
OVERLAP = timedelta(seconds=2)
"""Rows become visible a moment after the times they carry: what is read by time is read twice."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a socket was opened with: a session's key, or the secret of an API token."""

    secret: str
    is_token: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What a user may see: the workflow's runs, and (``payloads``) what they worked on."""

    workflow: UUID
    payloads: bool


def root_of(run_id: UUID) -> tuple[UUID, UUID] | None:
    """Root and workflow of a run."""
    return Run.objects.filter(pk=run_id).values_list("root_id", "workflow_id").first()


def access(user: Any, workflow_id: UUID) -> Access | None:
    """None where it is closed to the user. Runs of a deleted workflow stay readable, as over HTTP."""
    if not Workflow.objects.for_user(user, deleted=True).filter(pk=workflow_id).exists():
        return None
    payloads = Workflow.objects.for_user(user, Role.PAYLOADS, deleted=True).filter(pk=workflow_id).exists()
    return Access(workflow_id, payloads)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a watcher may do now, on each workflow; None: it is closed to it."""

    is_signed_in: bool
    granted: dict[UUID, Access | None] = field(default_factory=dict)


def standings(wanted: Sequence[tuple[Login, Any, frozenset[UUID]]]) -> list[Standing]:
    """For each (login, user, workflows) how it stands. Each login and each pair is looked up once."""
    signed_in = {login: user_of(login) for login in {login for login, _, _ in wanted}}
    known: dict[tuple[Any, UUID], Access | None] = {}
    found: list[Standing] = []
    for login, user, workflows in wanted:
        now = signed_in[login]
        if now is None or now.pk != user.pk:
            found.append(Standing(is_signed_in=False))
            continue
        for workflow in workflows:
            if (now.pk, workflow) not in known:
                known[now.pk, workflow] = access(now, workflow)
        granted = {workflow: known[now.pk, workflow] for workflow in workflows}
        found.append(Standing(is_signed_in=True, granted=granted))
    return found


def user_of(login: Login) -> Any:
    """Whose login this is now; None when it has ended."""
    return _user_of_token(login.secret) if login.is_token else _user_of_session(login.secret)


def _user_of_token(secret: str) -> Any:
    token = tokens.find_token(secret)
    return token.user if token is not None and "read" in token.scopes else None


def _user_of_session(session_key: str) -> Any:
    session = import_module(django_settings.SESSION_ENGINE).SessionStore(session_key)
    backend_path = session.get(BACKEND_SESSION_KEY)
    if backend_path not in django_settings.AUTHENTICATION_BACKENDS:
        return None
    user_id = get_user_model()._meta.pk.to_python(session[SESSION_KEY])
    user = load_backend(backend_path).get_user(user_id)  # None for one who is not active any more
    if user is None:
        return None
    session_hash = session.get(HASH_SESSION_KEY) or ""
    return user if constant_time_compare(session_hash, user.get_session_auth_hash()) else None


# ── A tree of runs ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Changes:
    """Runs of a tree that changed, and their steps after the head."""

    runs: list[Run]
    steps: list[Step]


def runs_of(root: UUID) -> Changes:
    """All runs of a tree, without steps."""
    return Changes(list(reading.runs_for_reading(Run.objects.filter(root=root)).order_by("queued", "id")), [])


def changes(
    root: UUID, known: Mapping[UUID, int], head: Mapping[UUID, int], among: Collection[UUID] | None
) -> Changes:
    """What changed in a tree, where ``known`` holds each run's ``seq`` as read before.

    ``among``: only these runs are looked at. Runs are read before steps: one that is shown as ended
    then has all its steps.
    """
    runs = Run.objects.filter(root=root)
    if among is not None:
        runs = runs.filter(pk__in=among)
    changed = [pk for pk, seq in runs.values_list("pk", "seq") if known.get(pk, -1) < seq]
    if not changed:
        return Changes([], [])
    return Changes(
        list(reading.runs_for_reading(Run.objects.filter(pk__in=changed)).order_by("queued", "id")),
        reading.steps_after(changed, head),
    )


def steps_behind(positions: Mapping[UUID, int]) -> list[Step]:
    """The next steps of runs whose watcher is behind; fewer than STEPS_AT_ONCE: these are all."""
    return reading.steps_after(positions, positions, STEPS_AT_ONCE)


# ── The runs of a workflow ─────────────────────────────────────────────────────────────────────────


def runs_since(
    workflow_id: UUID, cursor: datetime | None, among: Collection[UUID] | None = None
) -> list[Run]:
    """Runs that have not ended, and those that were queued or ended since; the newest ones, oldest first."""
    wanted = ~Q(status__in=models.ENDED)
    if among is not None:
        wanted = Q(pk__in=among)
    elif cursor is not None:
        wanted |= Q(queued__gte=cursor - OVERLAP) | Q(ended__gte=cursor - OVERLAP)
    runs = Run.objects.filter(wanted, workflow=workflow_id).order_by("-queued", "-id")[:RUNS_AT_ONCE]
    return list(reversed(reading.runs_for_reading(runs)))


def cursor_of(run: Run) -> datetime:
    return max(time for time in (run.queued, run.started, run.ended) if time is not None)


def cursor_text(cursor: datetime) -> str:
    return str(int(cursor.timestamp() * 1000))


def cursor_from(text: str) -> datetime:
    """Raises ValueError or OverflowError for what is no cursor."""
    cursor = datetime.fromtimestamp(int(text) / 1000, UTC)
    return max(cursor, datetime.min.replace(tzinfo=UTC) + OVERLAP)
