"""The declaration of a plugin: ports, config and what it does, from which form, checks and help follow.

Plugin authors import these names from ``flowstudio.plugin``.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    NamedTuple,
    Protocol,
    TypeAlias,
    TypeVar,
    cast,
)

from pydantic import BaseModel, ConfigDict, Field

from flowstudio.engine.errors import NodeFailed
from flowstudio.engine.values import JSON

__all__ = [
    "Answer",
    "Arrival",
    "BodyResult",
    "Command",
    "Context",
    "Data",
    "Emit",
    "Event",
    "Expression",
    "Field",
    "FieldKind",
    "Loop",
    "NodeConfig",
    "Plugin",
    "Port",
    "Result",
    "RunInfo",
    "Store",
    "Submit",
    "Template",
    "Trigger",
]

T = TypeVar("T")

HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; one to one with a CloudEvent (``properties`` is its ``data``)."""

    id: str
    type: str
    source: str = ""
    subject: str | None = None
    time: str = ""  # ISO 8601, UTC
    properties: JSON = None


class Arrival(NamedTuple):
    """One payload that was delivered to a node, and the name of the node that sent it."""

    node: str
    payload: JSON


PortType: TypeAlias = str | type[BaseModel]
"""``any``, ``object``, ``list``, ``text``, ``number``, ``boolean``, or a model of the object."""


@dataclass(frozen=True, slots=True)
class Port:
    """A named place of a node where edges end (input) or begin (output)."""

    name: str
    description: str = ""
    title: str = ""  # empty: the name, capitalised
    type: PortType = "any"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """Marks a config field whose text is evaluated when the node runs: expression, template or data."""

    name: str

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(schema), "x-kind": self.name}


if TYPE_CHECKING:
    Expression: TypeAlias = Any
    Template: TypeAlias = Any
    Data: TypeAlias = Any
else:
    Expression = Annotated[str, FieldKind("expression")]
    """A condition or value: ``payload.total > 100``. The plugin reads the evaluated value."""
    Template = Annotated[str, FieldKind("template")]
    """Text with ``{{ … }}``. The plugin reads the finished text."""
    Data = Annotated[Any, FieldKind("data")]
    """JSON whose strings may hold ``{{ … }}``; a string that is one expression keeps its native type."""


class NodeConfig(BaseModel):
    """The settings of one node. Expression, Template and Data stand at the top level of a config only.

    Any other field holds a literal of its type or ``{"$expr": "…"}``, which is evaluated when the node
    runs and then checked against the type.
    """

    model_config = ConfigDict(extra="forbid")


# ── Commands: effects that the runner commits together with the step's result ──────────────────────


@dataclass(frozen=True, slots=True)
class Submit:
    """Start a background run at this node. Unset values mean: as in the run that submits."""

    event_type: str | None = None
    event_properties: JSON = None
    has_event_properties: bool = False
    recording: str = "status"  # none, status, all
    payload: JSON = None  # what the node's `output` port fires in the background


@dataclass(frozen=True, slots=True)
class Emit:
    """Record an event that may start other workflows."""

    event_type: str
    properties: JSON


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller that waits for the run is answered.

    Raises NodeFailed for what HTTP could not carry: it would only come to light when it is sent.
    """

    status: int = 200  # 200 to 599
    headers: Mapping[str, str] | None = None
    body: JSON = None

    def __post_init__(self) -> None:
        if type(self.status) is not int or not 200 <= self.status <= 599:
            raise NodeFailed(f"An answer has a status from 200 to 599, not {self.status!r}.")
        if not isinstance(self.headers, Mapping | None):
            raise NodeFailed("Headers must be a JSON object of names and texts.")
        for name, value in (self.headers or {}).items():
            if not _is_header(name, value):
                raise NodeFailed(f"The header {name!r} must have a plain name and one line of text.")


def _is_header(name: Any, value: Any) -> bool:
    is_name = isinstance(name, str) and HEADER_NAME.fullmatch(name) is not None
    return is_name and isinstance(value, str) and value.isprintable()


Command: TypeAlias = Submit | Emit | Answer

Output: TypeAlias = tuple[str, JSON]
Result: TypeAlias = Output | list[Output | Command] | None
"""What ``run`` returns: one ``(port, payload)``, a list of those and of commands, or nothing."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a node may know of the run it is part of."""

    id: str
    kind: str = "foreground"  # or "background"
    workflow: str = ""
    is_test: bool = False
    is_replay: bool = False
    started: datetime | None = None
    workflow_id: str = ""
    is_called: bool = False  # another run waits for its answer


@dataclass(frozen=True, slots=True)
class BodyResult:
    """What one pass through a loop's body came to.

    ``values`` are the payloads that its last nodes returned, in their order: none where no payload
    reached an end. ``value`` is what they come to when they meet. ``error`` is the first failure that
    nobody handled: ``{"message", "type", "node"}``.
    """

    values: list[JSON]
    value: JSON
    error: dict[str, Any] | None


class Store(Protocol):
    """Keyed values of one node, shared by all runs of its workflow; test runs have their own.

    Each call is atomic by itself. In a plugin with ``transaction = True`` all calls and the step's result
    are stored together or not at all. To be called on a thread: by a plain ``run``, or through
    ``context.on_thread``. Keys have at most 200 characters; ``seconds`` until a value expires, None: never.
    """

    def get(self, key: str, default: JSON = None) -> JSON: ...
    def put(self, key: str, value: JSON, *, seconds: float | None = None) -> None: ...
    def delete(self, key: str) -> None: ...

    def count(self, key: str, by: int = 1, *, seconds: float | None = None) -> int:
        """Add to a counter that begins at 0 and say what it is now. ``seconds`` holds from the first call
        on and is not prolonged by later ones."""
        ...

    def once(self, key: str, *, seconds: float | None = None) -> bool:
        """True for the first call with this key, then False until it expires."""
        ...

    def of(self, subject: str) -> Store:
        """The values of a subject: shared by all nodes of the workflow, apart from the node's own."""
        ...


class Log(Protocol):
    """Writes lines into the step's log, shown live on the canvas."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


class Inside(Protocol):
    """What only a loop is handed: its body, and fields that it evaluates itself."""

    async def body(self, payload: JSON, index: int) -> BodyResult: ...
    def evaluate(self, name: str, payload: JSON, index: int) -> JSON: ...


@dataclass(slots=True)
class Context:
    """What a plugin is handed beside its payload; made anew for every step."""

    event: Event
    run: RunInfo
    log: Log
    now: datetime
    """The run's start: the same at every restore."""
    node: str = ""
    """The node's id in its graph."""
    iteration: str = ""
    """Where in its loops this step is, from the outside in: ``2.0``; empty outside of loops."""
    begins_here: bool = False
    """True at the node at which a background run begins (again): it was submitted from here.

    Config fields that hold expressions are None then: they were evaluated when the branch was scheduled.
    """
    services: Mapping[str, Any] | None = None
    inside: Inside | None = None
    attempt: int = 1
    """The number of this attempt within this execution of the run; a retry is the next one."""

    @property
    def idempotency_key(self) -> str:
        """``run:node:iteration``: give it to outside services so that a repeated call acts once."""
        return f"{self.run.id}:{self.node}:{self.iteration}"

    @property
    def http(self) -> Any:
        """An ``httpx.AsyncClient`` that refuses private, loopback and metadata addresses."""
        return self.service("http")

    @property
    def store(self) -> Store:
        """State of this node that outlives the run (counters, keyed values); see :class:`Store`."""
        return cast("Store", self.service("store")(self))

    def resource(self, name: str) -> Any:
        """The named connection (arrives with resources)."""
        return self.service("resource")(name)

    async def on_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a plain function on a worker thread, where Django's ORM and ``store`` work."""
        return cast("T", await self.service("on_thread")(partial(function, *arguments)))

    async def body(self, payload: JSON, index: int) -> BodyResult:
        """Run the loop's body once, for loops only. ``index`` counts from 0 and names the iteration."""
        return await self._inside().body(payload, index)

    def evaluate(self, name: str, payload: JSON, index: int) -> JSON:
        """A field of ``evaluated_later``, for loops only; raises ExpressionError."""
        return self._inside().evaluate(name, payload, index)

    def service(self, name: str) -> Any:
        """What the installation offers under a name; raises LookupError where it offers none."""
        if self.services is None or name not in self.services:
            raise LookupError(f"This run has no {name!r} service.")
        return self.services[name]

    def _inside(self) -> Inside:
        if self.inside is None:
            raise LookupError("Only a loop has a body.")
        return self.inside


class Plugin:
    """One kind of node. One file declares one; its file name is its id.

    The class docstring is the description shown in the palette (its first sentence) and in the help.
    ``self.config`` holds the evaluated config, ``self.context`` a :class:`Context`.
    """

    id: ClassVar[str] = ""  # set by the registry from the file name
    name: ClassVar[str] = ""
    group: ClassVar[str] = ""
    icon: ClassVar[str] = "box"  # a lucide icon name
    version: ClassVar[int] = 1
    inputs: ClassVar[tuple[Port, ...]] = (Port("payload", "The payload that the node works on."),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("payload", "The payload that the node made."),)
    outputs_from: ClassVar[str | None] = None
    """A config field, a list of texts, that adds an output port per item (before ``outputs``)."""
    effects: ClassVar[bool] = True
    """False: only computes; runs inline and may run again after a crash."""
    wants_arrivals: ClassVar[bool] = False
    """True: ``run`` is given a list of :class:`Arrival`, in array order of the edges, and not one payload."""
    passes_payload: ClassVar[bool] = False
    """True: what fires is the payload that came in, unchanged (If, Switch); the editor reasons with it."""
    background_port: ClassVar[str | None] = None
    """The output port behind which a background run begins; it is not delivered where a Submit was stored."""
    forwards_field: ClassVar[str | None] = None
    """The config switch with which ``background_port`` fires the payload; while off, it fires ``{}``."""
    process: ClassVar[bool] = False
    """True: a plain ``run`` that is heavy on the CPU is called in a process of its own, without services."""
    transaction: ClassVar[bool] = False
    """True: what a plain ``run`` writes to the database and the step's result are one transaction."""
    acts: ClassVar[str] = ""
    """What it does to the world outside, in words for the test panel ("sends a mail"); empty: nothing."""
    required_resources: ClassVar[str] = "None. This node needs no connection to be set up."
    errors: ClassVar[Mapping[str, str]] = {}
    """Error type → when it occurs, for the help."""

    class Config(NodeConfig):
        """No settings."""

    config: Any
    context: Context

    def __init__(self, config: Any, context: Context) -> None:
        self.config, self.context = config, context

    def run(self, payload: JSON) -> Result | Awaitable[Result]:
        """Take the payload, return what fires. ``async def`` where it waits for something.

        The payload is shared: build a new value instead of changing it. Raise :class:`NodeFailed` to fail
        with a message for people; its class name is the error's type.
        """
        raise NotImplementedError

    @classmethod
    def on_first_arrival(cls, config: NodeConfig) -> bool:
        """True: run at the first delivered edge instead of waiting for all (Join's first-to-arrive).

        Later arrivals are dropped. With ``wants_arrivals`` the list then holds the one that came first.
        """
        return False

    @classmethod
    def check(cls, config: NodeConfig) -> list[str]:
        """Further problems of a valid config, in words; none by default."""
        return []

    @classmethod
    def upgrade(cls, config: dict[str, Any], from_version: int) -> dict[str, Any]:
        """Turn the config of an older ``version`` into today's."""
        return config

    @classmethod
    def output_ports(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        """The output ports of a node with this (perhaps unfinished) config, without ``error``."""
        if cls.outputs_from is None:
            return cls.outputs
        field = cls.Config.model_fields[cls.outputs_from]
        items = config.get(cls.outputs_from, field.get_default(call_default_factory=True))
        texts = [item for item in items if isinstance(item, str)] if isinstance(items, list) else []
        own = tuple(Port(text, f"Fires for {text}.", title=text) for text in dict.fromkeys(texts))
        return own + cls.outputs


class Loop(Plugin):
    """A plugin with a body: the nodes drawn inside it. Its ``run`` is async and calls ``context.body``.

    A pass through the body begins at the nodes inside to which no edge leads; each is given the payload.
    """

    effects = False
    evaluated_later: ClassVar[tuple[str, ...]] = ()
    """Config fields that ``context.evaluate`` evaluates in every round, and that are None in the config."""


class Trigger(Plugin):
    """A plugin without an input port: it turns an event into the first payload.

    ``run`` is given the event's properties.
    """

    inputs = ()
    effects = False

    @classmethod
    def may_match(cls, config: Any, event: Event) -> bool:
        """A first look, with None for each field that holds an expression. False spares evaluating them:
        a condition on one type of event may have no meaning for another."""
        return True

    def matches(self) -> bool:
        """Does ``self.context.event`` start a run here? Config expressions see it as ``event``."""
        return True


PluginFunction: TypeAlias = Callable[..., Any]
