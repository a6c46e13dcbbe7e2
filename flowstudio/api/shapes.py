"""The JSON shapes of the API. Requests are checked by theirs; answers are described by theirs and held
to it by a test that validates every answer against the schema.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.settings import api_settings

from flowstudio.api.problems import place_in_graph
from flowstudio.conf import settings
from flowstudio.engine.errors import GraphInvalid
from flowstudio.engine.graph import Graph
from flowstudio.models import Kind, Reason, Recording, Role, Status
from flowstudio.tokens import SCOPES

EVENT_TEXT = 200  # the width of the columns


class Body(serializers.Serializer):
    """A checked body: an unknown field is an error, so that a typo does not pass for a wish."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            known = ", ".join(self.fields)
            raise ValidationError(dict.fromkeys(unknown, f"There is no such field. Known are: {known}."))
        return super().to_internal_value(data)


# ── Values ───────────────────────────────────────────────────────────────────────────────────────


@extend_schema_field({"description": "Any JSON value."})
class AnyField(serializers.Field):
    """JSON as it came: the parser has checked it already."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Null is a value like any other; `allow_null` would make the schema say "any value or null"."""
        return (True, None) if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.Field):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValidationError("This must be a JSON object.")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "integer"}]})
class PlaceStep(AnyField):
    """A key or a position."""


class Place(serializers.ListField):
    """The way to a place in a document: keys and positions."""

    child = PlaceStep()


class RetryShape(serializers.Serializer):
    attempts = serializers.IntegerField()
    delay = serializers.FloatField()
    backoff = serializers.FloatField()
    jitter = serializers.FloatField(required=False)
    errors = serializers.ListField(child=serializers.CharField(), required=False)

    class Meta:
        ref_name = "Retry"


class NodeSettings(serializers.Serializer):
    disabled = serializers.BooleanField(required=False)
    timeout = serializers.FloatField(allow_null=True, required=False)
    on_error = serializers.ChoiceField(["fail", "continue"], required=False)
    retry = RetryShape(required=False)
    notes = serializers.CharField(required=False)


class Node(serializers.Serializer):
    id = serializers.CharField()
    plugin = serializers.CharField()
    plugin_version = serializers.IntegerField(required=False)
    name = serializers.CharField()
    position = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    config = ObjectField()
    settings = NodeSettings(required=False)
    parent = serializers.CharField(allow_null=True, required=False)


class Edge(serializers.Serializer):
    id = serializers.CharField()
    source = serializers.CharField()
    source_port = serializers.CharField()
    target = serializers.CharField()
    target_port = serializers.CharField()


class GraphDocument(serializers.Serializer):
    """Nodes and edges as the canvas saves them."""

    format = serializers.ChoiceField(["flowstudio/1"])
    nodes = Node(many=True)
    edges = Edge(many=True)

    class Meta:
        ref_name = "Graph"


@extend_schema_field(GraphDocument)
class GraphField(serializers.Field):
    """A graph of the right form; what is wrong inside it are problems, which a draft may hold."""

    def to_internal_value(self, data: Any) -> Graph:
        try:
            graph = Graph.from_document(data)
        except GraphInvalid as invalid:
            raise ValidationError(_by_place(invalid)) from invalid
        _check_size(graph)
        return graph

    def to_representation(self, value: Any) -> Any:
        return value


def _by_place(invalid: GraphInvalid) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for problem in invalid.problems:
        here: dict[Any, Any] = found
        for part in place_in_graph(problem):
            here = here.setdefault(part, {})
        here.setdefault(api_settings.NON_FIELD_ERRORS_KEY, []).append(problem.message)
    return found


def _check_size(graph: Graph) -> None:
    for name, count, limit in (
        ("nodes", len(graph.nodes), settings.MAX_GRAPH_NODES),
        ("edges", len(graph.edges), settings.MAX_GRAPH_EDGES),
    ):
        if count > limit:
            raise ValidationError({name: f"{count:,} {name} are more than the {limit:,} a graph may have."})


# ── Errors ───────────────────────────────────────────────────────────────────────────────────────


class ErrorAt(serializers.Serializer):
    path = Place()
    message = serializers.CharField()


class Cure(serializers.Serializer):
    title = serializers.CharField()
    node = serializers.CharField()
    path = Place()
    value = AnyField()


class GraphProblem(serializers.Serializer):
    """One thing that is wrong with a graph, at its place, with one-click cures where there are any."""

    code = serializers.CharField()
    node = serializers.CharField(allow_null=True)
    edge = serializers.CharField(allow_null=True)
    path = Place()
    message = serializers.CharField()
    severity = serializers.ChoiceField(["error", "warning"])
    cures = Cure(many=True)

    class Meta:
        ref_name = "Problem"


class ProblemDocument(serializers.Serializer):
    """RFC 9457: every error has this form."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ErrorAt(many=True)


class GraphProblemDocument(ProblemDocument):
    """A graph that is not published or run; its problems stand beside the errors."""

    problems = GraphProblem(many=True, required=False)


class ProblemList(serializers.Serializer):
    problems = GraphProblem(many=True)


# ── People ───────────────────────────────────────────────────────────────────────────────────────


class Person(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()


class Me(Person):
    is_superuser = serializers.BooleanField()
    may_create_workflows = serializers.BooleanField()
    csrf_token = serializers.CharField()


class TokenBody(Body):
    name = serializers.CharField(max_length=200)
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES), allow_empty=False)
    expires = serializers.DateTimeField(allow_null=True, required=False)

    class Meta:
        ref_name = "TokenCreate"


class Token(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPES))
    created = serializers.DateTimeField()
    expires = serializers.DateTimeField(allow_null=True)
    last_used = serializers.DateTimeField(allow_null=True)


class NewToken(Token):
    """The only answer that holds the secret."""

    token = serializers.CharField()


# ── Plugins ──────────────────────────────────────────────────────────────────────────────────────


class PortShape(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    type = serializers.ChoiceField(["any", "object", "list", "text", "number", "boolean"])
    model = serializers.CharField(allow_null=True, help_text="The object's model, where it has one.")

    class Meta:
        ref_name = "Port"


class PluginHelp(serializers.Serializer):
    """Markdown under the five headings that every plugin has."""

    description = serializers.CharField()
    inputs_outputs = serializers.CharField()
    configuration = serializers.CharField()
    required_resources = serializers.CharField()
    errors = serializers.CharField()


class PluginShape(serializers.Serializer):
    id = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    group = serializers.CharField()
    icon = serializers.CharField()
    description = serializers.CharField()
    inputs = PortShape(many=True)
    outputs = PortShape(many=True)
    outputs_from = serializers.CharField(allow_null=True)
    trigger = serializers.BooleanField()
    loop = serializers.BooleanField()
    effects = serializers.BooleanField()
    acts = serializers.CharField(allow_blank=True)
    enabled = serializers.BooleanField()
    config_schema = ObjectField()
    defaults = ObjectField()
    help = PluginHelp()

    class Meta:
        ref_name = "Plugin"


class BrokenPlugin(serializers.Serializer):
    """A plugin file that could not be imported."""

    id = serializers.CharField()
    message = serializers.CharField()


class Palette(serializers.Serializer):
    results = PluginShape(many=True)
    broken = BrokenPlugin(many=True)


class Option(serializers.Serializer):
    """A value that a field may hold, and what people read for it."""

    value = serializers.CharField()
    label = serializers.CharField()


class OptionList(serializers.Serializer):
    results = Option(many=True)


class PluginConfigBody(Body):
    """What an administrator sets for a plugin; no groups: everyone may use it."""

    enabled = serializers.BooleanField(default=True)
    groups = serializers.ListField(child=serializers.CharField(), default=list)
    defaults = ObjectField(default=dict)
    limits = ObjectField(default=dict)

    class Meta:
        ref_name = "PluginConfig"


# ── Events and runs ──────────────────────────────────────────────────────────────────────────────


class MaskedField(serializers.ListField):
    """The paths of values that were masked, as keys and places in lists; left out where there are none."""

    child = serializers.ListField(child=AnyField())


class SummaryShape(serializers.Serializer):
    """What an edge shows of a payload."""

    type = serializers.ChoiceField(["object", "list", "text", "number", "boolean", "null"])
    size = serializers.IntegerField()
    count = serializers.IntegerField(allow_null=True)
    preview = serializers.CharField(allow_blank=True)
    masked = MaskedField(required=False)

    class Meta:
        ref_name = "Summary"


class WholePayload(serializers.Serializer):
    """A payload as it was recorded; cut where it was over the limit, then `size` is the true size."""

    value = AnyField()
    size = serializers.IntegerField()
    cut = serializers.BooleanField()
    masked = MaskedField(required=False)


class RunError(serializers.Serializer):
    message = serializers.CharField()
    type = serializers.CharField()
    node = serializers.CharField(allow_null=True, required=False)
    traceback = serializers.CharField(required=False)


class RunShort(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(Status.choices)
    kind = serializers.ChoiceField(Kind.choices)
    is_test = serializers.BooleanField()
    queued = serializers.DateTimeField()
    ended = serializers.DateTimeField(allow_null=True)


class EventRef(serializers.Serializer):
    id = serializers.UUIDField()
    type = serializers.CharField()


class RunShape(serializers.Serializer):
    id = serializers.UUIDField()
    workflow = serializers.UUIDField()
    version = serializers.IntegerField(allow_null=True)
    kind = serializers.ChoiceField(Kind.choices)
    is_test = serializers.BooleanField()
    status = serializers.ChoiceField(Status.choices)
    reason = serializers.ChoiceField(Reason.choices, allow_blank=True)
    event = EventRef()
    parent = serializers.UUIDField(allow_null=True)
    parent_node = serializers.CharField(allow_blank=True)
    parent_iteration = serializers.CharField(allow_blank=True)
    call = serializers.IntegerField(
        min_value=0,
        help_text="Called by this attempt of the parent's node, on a graph of its own; 0: not called.",
    )
    root = serializers.UUIDField()
    start_node = serializers.CharField()
    queued = serializers.DateTimeField()
    started = serializers.DateTimeField(allow_null=True)
    ended = serializers.DateTimeField(allow_null=True)
    recording = serializers.ChoiceField(Recording.choices)
    error = RunError(allow_null=True)
    snapshot = serializers.CharField()

    class Meta:
        ref_name = "Run"


class RunDetail(RunShape):
    """A run with the graph it runs on, and its whole tree: the root and all descendants."""

    graph = GraphDocument()
    tree = RunShape(many=True)

    class Meta:
        ref_name = "RunDetail"


class RunStarted(serializers.Serializer):
    run = RunShape()


class LogLine(serializers.Serializer):
    time = serializers.DateTimeField()
    level = serializers.ChoiceField(["debug", "info", "warning", "error"])
    message = serializers.CharField(allow_blank=True)


class StepBase(serializers.Serializer):
    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    run = serializers.UUIDField()
    node = serializers.CharField()
    plugin = serializers.CharField()
    iteration = serializers.CharField(allow_blank=True)
    attempts = serializers.IntegerField()
    status = serializers.ChoiceField(Status.choices)
    queued = serializers.DateTimeField(allow_null=True)
    started = serializers.DateTimeField(allow_null=True)
    ended = serializers.DateTimeField(allow_null=True)
    error = RunError(allow_null=True)
    log = LogLine(many=True)
    background_run = serializers.UUIDField(allow_null=True)
    recorded = serializers.BooleanField()


class StepShape(StepBase):
    input = SummaryShape(allow_null=True)
    outputs = serializers.DictField(child=SummaryShape(allow_null=True))

    class Meta:
        ref_name = "Step"


class StepDetail(StepBase):
    input = WholePayload(allow_null=True)
    outputs = serializers.DictField(child=WholePayload(allow_null=True))


class StepsAfter(serializers.Serializer):
    """The steps that changed after a position, and the position to ask after next."""

    results = StepShape(many=True)
    seq = serializers.IntegerField()


class EventBase(serializers.Serializer):
    id = serializers.UUIDField()
    event_id = serializers.CharField()
    type = serializers.CharField()
    source = serializers.CharField(allow_blank=True)
    subject = serializers.CharField(allow_blank=True, allow_null=True)
    time = serializers.DateTimeField()
    received = serializers.DateTimeField()
    size = serializers.IntegerField()
    is_test = serializers.BooleanField()
    run = serializers.UUIDField(allow_null=True)
    runs = RunShort(many=True)
    depth = serializers.IntegerField()


class EventShape(EventBase):
    properties = SummaryShape(allow_null=True)

    class Meta:
        ref_name = "Event"


class EventDetail(EventBase):
    """With its whole properties; null for whom the payloads are not to be seen."""

    properties = AnyField()
    masked = MaskedField(required=False)


class AcceptedRun(serializers.Serializer):
    id = serializers.UUIDField()
    workflow = serializers.UUIDField()
    workflow_name = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    background_runs = serializers.ListField(child=serializers.UUIDField())


class AcceptedEvent(serializers.Serializer):
    id = serializers.UUIDField()
    event_id = serializers.CharField()
    type = serializers.CharField()
    source = serializers.CharField(allow_blank=True)


class Accepted(serializers.Serializer):
    event = AcceptedEvent()
    runs = AcceptedRun(many=True)
    duplicate = serializers.BooleanField()


class TestEvent(Body):
    type = serializers.CharField(max_length=EVENT_TEXT)
    properties = AnyField(default=dict)


class EventBody(TestEvent):
    """An event, one to one with a CloudEvent (`properties` is its `data`)."""

    id = serializers.CharField(max_length=200, required=False)
    source = serializers.CharField(max_length=500, allow_blank=True, default="")
    subject = serializers.CharField(max_length=500, allow_blank=True, allow_null=True, default=None)
    time = serializers.DateTimeField(required=False)

    class Meta:
        ref_name = "EventCreate"


class CloudEventBody(serializers.Serializer):
    """A CloudEvent in structured mode; extension attributes are allowed and not kept."""

    specversion = serializers.ChoiceField(["1.0"])
    id = serializers.CharField(max_length=200)
    source = serializers.CharField(max_length=500)
    type = serializers.CharField(max_length=EVENT_TEXT)
    subject = serializers.CharField(max_length=500, required=False, allow_null=True, default=None)
    time = serializers.DateTimeField(required=False)
    datacontenttype = serializers.CharField(required=False)
    data = AnyField(required=False, default=None)

    class Meta:
        ref_name = "CloudEvent"


class EventQuery(Body):
    type = serializers.CharField(required=False)
    source = serializers.CharField(required=False)
    is_test = serializers.BooleanField(required=False)
    run = serializers.UUIDField(required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=200, required=False)


class RunQuery(Body):
    workflow = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(Status.choices, required=False)
    reason = serializers.ChoiceField(Reason.choices, required=False)
    kind = serializers.ChoiceField(Kind.choices, required=False)
    is_test = serializers.BooleanField(required=False)
    parent = serializers.UUIDField(required=False)
    root = serializers.UUIDField(required=False)
    event = serializers.UUIDField(required=False)
    event_type = serializers.CharField(required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=200, required=False)


class PageQuery(Body):
    cursor = serializers.CharField(required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=200, required=False)


class StepsQuery(Body):
    after = serializers.IntegerField(min_value=0, max_value=2**63 - 1, default=0)


class WaitQuery(Body):
    wait = serializers.FloatField(min_value=0, required=False)


# ── Workflows ────────────────────────────────────────────────────────────────────────────────────


class WorkflowSettings(Body):
    recording = serializers.ChoiceField(Recording.choices, required=False)
    max_seconds = serializers.FloatField(
        min_value=1,
        allow_null=True,
        required=False,
        help_text="A run that takes longer is stopped and fails (`timeout`); null: the installation's limit.",
    )


class WorkflowBase(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    enabled = serializers.BooleanField()
    revision = serializers.IntegerField()
    published_version = serializers.IntegerField(allow_null=True)
    settings = WorkflowSettings()
    owner = Person(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    updated = serializers.DateTimeField()
    updated_by = Person(allow_null=True)
    last_run = RunShort(allow_null=True)
    has_unpublished_changes = serializers.BooleanField()


class Counts(serializers.Serializer):
    nodes = serializers.IntegerField()


class WorkflowRow(WorkflowBase):
    counts = Counts()


class WorkflowShape(WorkflowBase):
    graph = GraphDocument()
    problems = GraphProblem(many=True)

    class Meta:
        ref_name = "Workflow"


class WorkflowConflict(ProblemDocument):
    """Somebody else saved in between; `current` is what the workflow is now."""

    current = WorkflowShape()


class WorkflowFields(Body):
    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(allow_blank=True, required=False, max_length=10_000)
    graph = GraphField(required=False)
    settings = WorkflowSettings(required=False)


class WorkflowCreate(WorkflowFields):
    class Meta:
        ref_name = "WorkflowCreate"


class WorkflowUpdate(WorkflowFields):
    revision = serializers.IntegerField(min_value=1)
    enabled = serializers.BooleanField(required=False)

    class Meta:
        ref_name = "WorkflowUpdate"


class GraphBody(Body):
    graph = GraphField()


class PublishBody(Body):
    revision = serializers.IntegerField(min_value=1, required=False)
    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    note = serializers.CharField(max_length=10_000, allow_blank=True, default="")

    class Meta:
        ref_name = "Publish"


class VersionShape(serializers.Serializer):
    number = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    created = serializers.DateTimeField()
    created_by = Person(allow_null=True)
    snapshot = serializers.CharField()

    class Meta:
        ref_name = "Version"


class VersionDetail(VersionShape):
    graph = GraphDocument()

    class Meta:
        ref_name = "VersionDetail"


class TestBody(Body):
    """A test event to fire, on the published workflow's draft or on the unsaved graph given here."""

    event = TestEvent()
    graph = GraphField(required=False)
    start = serializers.CharField(required=False, allow_null=True, max_length=64)
    until = serializers.CharField(required=False, allow_null=True, max_length=64)
    pins = serializers.DictField(child=ObjectField(), required=False, allow_null=True)

    class Meta:
        ref_name = "Test"


class ListenBody(Body):
    node = serializers.CharField(max_length=64)
    graph = GraphField(required=False)

    class Meta:
        ref_name = "Listen"


class NodeQuery(Body):
    node = serializers.CharField(max_length=64)


class Listening(serializers.Serializer):
    expires = serializers.DateTimeField()
    url = serializers.CharField()


class Heard(serializers.Serializer):
    event = EventShape(allow_null=True)
    run = RunShape(allow_null=True)
    expires = serializers.DateTimeField(allow_null=True)


class GrantBody(Body):
    """The roles of one group on a workflow, named by the group's name."""

    group = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), allow_empty=False)

    class Meta:
        ref_name = "Grant"


# ── Samples ──────────────────────────────────────────────────────────────────────────────────────


class SampleBody(Body):
    id = serializers.IntegerField(read_only=True)
    workflow = serializers.UUIDField()
    name = serializers.CharField(max_length=200)
    event_type = serializers.CharField(max_length=EVENT_TEXT)
    properties = AnyField(default=dict)

    class Meta:
        ref_name = "Sample"


class SampleQuery(PageQuery):
    workflow = serializers.UUIDField()


# ── Expressions ──────────────────────────────────────────────────────────────────────────────────


class PreviewBody(Body):
    """A text of a config, and the step on whose recorded payload it is tried."""

    kind = serializers.ChoiceField(["expression", "template", "data"])
    source = AnyField()
    run = serializers.UUIDField()
    node = serializers.CharField(max_length=64)
    iteration = serializers.RegexField(r"^(\d+(\.\d+)*)?$", max_length=64, default="", allow_blank=True)

    class Meta:
        ref_name = "Preview"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] != "data" and not isinstance(attrs["source"], str):
            raise ValidationError({"source": "This must be a text, unless the kind is data."})
        return attrs


class PreviewError(serializers.Serializer):
    message = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)


class PreviewResult(serializers.Serializer):
    """Either ``value`` and ``type``, or ``error``: what the step would have failed with."""

    value = AnyField(required=False)
    type = serializers.CharField(required=False)
    error = PreviewError(required=False)
