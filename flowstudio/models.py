"""The rows: what a person draws (Workflow, Version), what happened (Event, Run, Step), and what a run
needs to resume (JournalEntry).

Graphs and payloads are orjson bytes. Ids are UUIDv7, so a row's id is known before it is written.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from flowstudio.conf import settings
from flowstudio.fields import ValueField
from flowstudio.ids import new_id

USER = django_settings.AUTH_USER_MODEL


class Role(models.TextChoices):
    """What a person may do with one workflow. Each stands for itself, except that all include view."""

    VIEW = "view"
    EDIT = "edit"
    RUN = "run"
    PUBLISH = "publish"
    PAYLOADS = "payloads"


class WorkflowQuerySet(models.QuerySet["Workflow"]):
    def for_user(self, user: Any, role: str = Role.VIEW, *, deleted: bool = False) -> WorkflowQuerySet:
        """The workflows on which ``user`` has ``role``: superusers all, owners theirs, groups as granted.

        ``deleted``: those marked as deleted as well, for what stays readable of them.
        """
        workflows = self.all() if deleted else self.filter(deleted__isnull=True)
        if settings.WORKFLOW_FILTER:
            workflows = import_string(settings.WORKFLOW_FILTER)(workflows, user)
        if not user.is_authenticated or not user.is_active:
            return workflows.none()
        if user.is_superuser:
            return workflows
        grants = WorkflowGrant.objects.filter(group__in=user.groups.all())
        if role != Role.VIEW:
            grants = grants.filter(role=role)
        return workflows.filter(Q(owner=user) | Q(pk__in=grants.values("workflow")))


class Snapshot(models.Model):
    """An immutable graph by its content hash; versions and runs point to it."""

    hash = models.CharField(primary_key=True, max_length=64)
    graph = models.BinaryField()
    created = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.hash[:12]


class Workflow(models.Model):
    """What a person draws, names and switches on: a draft graph and published versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    enabled = models.BooleanField(default=False)
    owner = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    groups = models.ManyToManyField(Group, through="WorkflowGrant", related_name="+")
    graph = models.BinaryField()  # the draft; may hold problems
    revision = models.PositiveIntegerField(default=1)
    published = models.ForeignKey("Version", models.SET_NULL, null=True, blank=True, related_name="+")
    settings = ValueField(default=dict)
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    deleted = models.DateTimeField(null=True, blank=True)  # its runs stay readable and go on

    objects = WorkflowQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WorkflowGrant(models.Model):
    """A role of a group on a workflow."""

    workflow = models.ForeignKey(Workflow, models.CASCADE)
    group = models.ForeignKey(Group, models.CASCADE)
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow", "group", "role"], name="flowstudio_grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.role} {self.workflow}"


class Version(models.Model):
    """A published snapshot with number, name and note."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")
    created = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["workflow", "number"], name="flowstudio_version_once")]

    def __str__(self) -> str:
        return f"{self.workflow} v{self.number}"


class ApiToken(models.Model):
    """A program's key to the API: only its SHA-256 is kept."""

    name = models.CharField(max_length=200)
    user = models.ForeignKey(USER, models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    scopes = ValueField(default=list)  # of "events", "read", "write"
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class EventQuerySet(models.QuerySet["Event"]):
    def listed(self) -> EventQuerySet:
        """Without those that only carry a branch's own properties: they did not happen by themselves."""
        return self.exclude(scope__startswith=DERIVED_SCOPE)


DERIVED_SCOPE = "derived:"


class Event(models.Model):
    """Something that happened and may start runs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.CharField(max_length=200)  # the sender's id: CloudEvents `id`
    type = models.CharField(max_length=200)
    source = models.CharField(max_length=500, blank=True, default="")
    subject = models.CharField(max_length=500, blank=True, default="")
    time = models.DateTimeField(default=timezone.now)
    properties = models.BinaryField()
    size = models.PositiveIntegerField(default=0)  # bytes of properties
    received = models.DateTimeField(default=timezone.now)
    scope = models.CharField(max_length=80, blank=True, default="")  # whose ids: "token:7", "user:…"
    user = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")
    is_test = models.BooleanField(default=False)
    run = models.ForeignKey(
        "Run", models.SET_NULL, null=True, blank=True, related_name="emitted", db_constraint=False
    )  # the run it came from
    depth = models.PositiveSmallIntegerField(default=0)
    chain = ValueField(default=list)  # names of the workflows that led here

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-received", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "source", "event_id"], name="flowstudio_event_once")
        ]
        indexes = [models.Index(fields=["-received", "-id"], name="flowstudio_event_time")]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Status(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


class Reason(models.TextChoices):
    """Why a run did not succeed."""

    ERROR = "error"
    TIMEOUT = "timeout"
    CRASH = "crash"
    POISONED = "poisoned"
    LIMIT = "limit"
    CANCELLED = "cancelled"
    MUST_NOT_REPEAT = "must_not_repeat"
    INTERRUPTED = "interrupted"


class Kind(models.TextChoices):
    FOREGROUND = "foreground"
    BACKGROUND = "background"


class Recording(models.TextChoices):
    NONE = "none"
    STATUS = "status"
    ALL = "all"


class RunQuerySet(models.QuerySet["Run"]):
    def for_user(self, user: Any, role: str = Role.VIEW) -> RunQuerySet:
        """The runs of the workflows on which ``user`` has ``role``; those of deleted ones stay readable."""
        return self.filter(workflow__in=Workflow.objects.for_user(user, role, deleted=True))


class Run(models.Model):
    """One execution of a snapshot for one event."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="runs")
    version = models.ForeignKey(Version, models.SET_NULL, null=True, blank=True, related_name="+")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    event = models.ForeignKey(Event, models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FOREGROUND)
    is_test = models.BooleanField(default=False)
    recording = models.CharField(max_length=16, choices=Recording.choices, default=Recording.ALL)
    created_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="+")

    # Where it began
    root = models.ForeignKey("self", models.CASCADE, related_name="tree", db_constraint=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    parent_node = models.CharField(max_length=64, blank=True, default="")
    parent_iteration = models.CharField(max_length=64, blank=True, default="")
    call = models.PositiveSmallIntegerField(default=0)  # by which attempt of parent_node; 0: not called
    start_node = models.CharField(max_length=64)
    start_payload = models.BinaryField(null=True, blank=True)  # true value; null: the event's properties
    until_node = models.CharField(max_length=64, blank=True, default="")
    pins = models.BinaryField(null=True, blank=True)  # {node id: {port: payload}}, tests only
    inherited = models.BinaryField(null=True, blank=True)  # {node name: value} copied from ancestors

    # How it goes
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True, default="")
    error = ValueField(null=True, blank=True)  # {"message", "type", "node"}
    answer = models.BinaryField(null=True, blank=True)  # {"status", "headers", "body"} of Respond
    queued = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    # Who holds it (the worker's side)
    seq = models.PositiveBigIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True, default="")
    claims = models.PositiveSmallIntegerField(default=0)  # in a row without a new journal entry

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-queued", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "parent_node", "parent_iteration", "call"],
                condition=Q(parent__isnull=False),
                name="flowstudio_child_once",
            ),
        ]
        indexes = [
            models.Index(fields=["workflow", "-queued"], name="flowstudio_run_workflow"),
            models.Index(fields=["root"], name="flowstudio_run_root"),
            models.Index(
                fields=["status"],
                condition=Q(status__in=["queued", "running", "waiting"]),
                name="flowstudio_run_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.status})"


class Step(models.Model):
    """One execution of one node in a run: what people see. A node that was not reached has none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, models.CASCADE, related_name="steps")
    seq = models.PositiveBigIntegerField()  # of its last change; unique in the run
    node = models.CharField(max_length=64)
    plugin = models.CharField(max_length=100)
    iteration = models.CharField(max_length=64, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices)
    queued = models.DateTimeField(null=True, blank=True)
    started = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    ports = ValueField(default=list)  # names of the ports that fired
    summary = ValueField(null=True, blank=True)  # {"input": …, "outputs": {port: …}}: type, size, preview
    input = models.BinaryField(null=True, blank=True)
    outputs = models.BinaryField(null=True, blank=True)  # {port: payload}
    error = ValueField(null=True, blank=True)  # {"message", "type", "node", "traceback"?}
    log = ValueField(null=True, blank=True)  # [{"time", "level", "message"}]
    background_run = models.ForeignKey(
        Run, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["run", "node", "iteration"], name="flowstudio_step_once")
        ]
        indexes = [models.Index(fields=["run", "seq"], name="flowstudio_step_seq")]

    def __str__(self) -> str:
        return f"{self.node} ({self.status})"


class JournalEntry(models.Model):
    """What a restore reads: one node's whole, true result. Never served, deleted with the run's end."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="journal")
    node = models.CharField(max_length=64)
    iteration = models.CharField(max_length=64, blank=True, default="")
    outcome = models.CharField(max_length=10)  # succeeded, failed
    ports = ValueField(default=list)
    value = models.BinaryField()  # {port: payload} or the error value

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "node", "iteration"], name="flowstudio_journal_once")
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.outcome}"


class StoredValue(models.Model):
    """What a node keeps beyond its run. A whole number has no ``value``: it can be counted on."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="+")
    is_test = models.BooleanField(default=False)
    scope = models.CharField(max_length=220)  # "node:…" or "subject:…"
    key = models.CharField(max_length=200)
    value = models.BinaryField(null=True)
    number = models.BigIntegerField(default=0)
    expires = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workflow", "is_test", "scope", "key"], name="flowstudio_stored_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Sample(models.Model):
    """A saved test event of a workflow."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="samples")
    name = models.CharField(max_length=200)
    event_type = models.CharField(max_length=200)
    properties = models.BinaryField()
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["workflow", "name"], name="flowstudio_sample_once")]

    def __str__(self) -> str:
        return self.name


class PluginConfig(models.Model):
    """What an administrator sets for a plugin in this installation."""

    plugin = models.CharField(primary_key=True, max_length=100)
    enabled = models.BooleanField(default=True)
    groups = models.ManyToManyField(Group, blank=True, related_name="+")  # who may use it; none: everyone
    defaults = ValueField(default=dict)  # config of a new node
    limits = ValueField(default=dict)
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.plugin


class WebhookPath(models.Model):
    """Which webhook node of which version is called at a path. The path is a secret: its hash is kept."""

    hash = models.CharField(max_length=64, db_index=True)
    version = models.ForeignKey(Version, models.CASCADE, related_name="webhooks")
    node = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.version} {self.node}"


class WebhookListener(models.Model):
    """An editor waits here for the next real call of a draft's webhook."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="+")
    node = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, db_index=True)  # of the path
    user = models.ForeignKey(USER, models.CASCADE, related_name="+")
    graph = models.BinaryField()  # the draft that the call runs
    expires = models.DateTimeField()
    event = models.ForeignKey(Event, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.workflow} {self.node} until {self.expires}"


def next_seq(run_id: Any, fence: int, count: int, *, has_result: bool = False) -> int | None:
    """Begin a journal transaction: raise the run's ``seq`` by ``count``, unless another worker took it.

    The first statement of every such transaction; it serialises the run's writers on SQLite and
    PostgreSQL alike. Returns the new ``seq``; None: the fencing token is stale, roll back and stop.
    ``has_result``: a node's result is stored, so the claims before count no more.
    """
    claims = ", claims = 0" if has_result else ""
    pk = Run._meta.pk.get_db_prep_value(run_id, connection)
    sql = f"UPDATE {Run._meta.db_table} SET seq = seq + %s{claims} WHERE id = %s AND fence = %s RETURNING seq"
    with connection.cursor() as cursor:  # by the ORM it takes two statements and five times as long
        cursor.execute(sql, [count, pk, fence])
        row = cursor.fetchone()
    return None if row is None else row[0]
