"""Turns a step of the engine into its rows: the Step that people see and the entry a restore reads.

Recording decides what the Step keeps, and secrets are masked in it; the journal always holds the whole, true
values. This is the hot path of a run: rows are tuples that are ready for the database, and a payload is
serialised and looked at for secrets once, however many steps it passes through.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

from flowstudio import models
from flowstudio.conf import settings
from flowstudio.engine import values
from flowstudio.engine.trace import StepRecord
from flowstudio.engine.values import JSON
from flowstudio.runs.masking import KEPT_PATHS, Masker
from flowstudio.runs.statements import Forms

KEPT_PAYLOADS = 8
MAX_LOG_LINES = 500
MAX_LOG_CHARS = 2_000

Row: TypeAlias = tuple[Any, ...]

STEP_COLUMNS: Final = (
    "seq",  # these two are given when the row is stored
    "id",
    "run_id",
    "node",
    "plugin",
    "iteration",
    "attempts",
    "status",
    "queued",
    "started",
    "ended",
    "ports",
    "background_run_id",
    "error",
    "log",
    "summary",
    "input",
    "outputs",
)
ENTRY_COLUMNS: Final = ("run_id", "node", "iteration", "outcome", "ports", "value")


@dataclass(slots=True)
class Encoded:
    """A payload and its bytes; once it is shown, what a trace keeps of it and its summary, as JSON text."""

    value: JSON
    data: bytes
    kept: bytes = b""
    summary: bytes = b""


class Encoder:
    """Serialises each payload once: what leaves one node enters the next as the same object."""

    def __init__(self, masker: Masker | None = None) -> None:
        self.masker = masker or Masker()
        self._most = settings.MAX_TRACE_PAYLOAD_BYTES
        self._known: dict[int, Encoded] = {}  # the one used last stands last
        self._last = Encoded(None, b"null")

    def __call__(self, value: JSON) -> Encoded:
        if value is self._last.value:  # of a chain every other one
            return self._last
        key = id(value)
        known = self._known.pop(key, None)
        if known is None:
            known = Encoded(value, values.encode(value))
            if len(self._known) >= KEPT_PAYLOADS:
                del self._known[next(iter(self._known))]
        self._known[key] = self._last = known  # holds the value, so that its id stays its own
        return known

    def shown(self, value: JSON) -> Encoded:
        """The payload with what a trace keeps: masked, then cut; its summary says the true size."""
        encoded = self(value)
        if not encoded.kept:
            self._show(encoded)
        return encoded

    def learn(self, value: JSON) -> None:
        """Only note the secrets of a payload, of which nothing is kept."""
        encoded = self(value)
        if not encoded.summary:
            self.masker.note(encoded.data)
            encoded.summary = b"{}"

    def _show(self, encoded: Encoded) -> None:
        value, masked = self.masker.payload(encoded.value, encoded.data)
        data = values.encode(value) if masked else encoded.data
        summary = values.summarise(value, data)
        summary["size"] = len(encoded.data)
        if masked:
            summary["masked"] = masked[:KEPT_PATHS]
        if len(data) > self._most:
            summary["cut"] = True
            data = values.encode(data[: self._most].decode(errors="ignore"))
        encoded.kept, encoded.summary = data, values.encode(summary)


class Rows:
    """Makes the rows of one run."""

    def __init__(self, run: models.Run, forms: Forms) -> None:
        self._run, self._time, self._uuid = forms.uuid(run.pk), forms.time, forms.uuid_of_text
        self._keeps_payloads = run.recording == models.Recording.ALL

    def step(self, record: StepRecord, encode: Encoder, attempts: int) -> Row:
        """A step as the run's recording keeps it: STEP_COLUMNS without the first two."""
        shown = self._shown(record, encode) if self._keeps_payloads else self._learnt(record, encode)
        # After the payloads: what is secret in them is masked in texts.
        error = None if record.error is None else values.encode(shown_error(record.error, encode.masker))
        log = None if not record.log else values.encode(_shown_log(record.log, encode.masker))
        return (*self._bare(record, attempts), error, log, *shown)

    def _shown(self, record: StepRecord, encode: Encoder) -> Row:
        """Summary, input and outputs."""
        given = encode.shown(record.input)
        summaries: list[bytes] = []
        payloads: list[bytes] = []
        for port, payload in record.outputs.items():
            name, output = _member(port), encode.shown(payload)
            summaries.append(name + output.summary)
            payloads.append(name + output.kept)
        summary = b"".join((b'{"input":', given.summary, b',"outputs":{', b",".join(summaries), b"}}"))
        return summary, given.kept, b"{" + b",".join(payloads) + b"}"

    def _learnt(self, record: StepRecord, encode: Encoder) -> Row:
        encode.learn(record.input)
        for payload in record.outputs.values():
            encode.learn(payload)
        return None, None, None

    def bare(self, record: StepRecord, attempts: int) -> Row:
        """That a step happened, for one of which no more can be shown."""
        return (*self._bare(record, attempts), None, None, None, None, None)

    def entry(self, record: StepRecord, encode: Encoder) -> Row:
        """What a restore reads of a result, in ENTRY_COLUMNS."""
        value = b'{"outputs":%b,"error":%b,"background_run":%b}' % (
            b"{%b}"
            % b",".join([_member(port) + encode(payload).data for port, payload in record.outputs.items()]),
            values.encode(record.error),
            values.encode(record.background_run),
        )
        return self._run, record.node, record.iteration, record.status, _ports(*record.outputs), value

    def _bare(self, record: StepRecord, attempts: int) -> Row:
        queued, started, ended = record.queued, record.started, record.ended
        began = self._time(queued)
        return (
            self._run,
            record.node,
            record.plugin,
            record.iteration,
            attempts,
            record.status,
            began,
            began if started is queued else self._time(started),
            self._time(ended),
            _ports(*record.outputs),
            self._uuid(record.background_run),
        )


def _shown_log(lines: list[dict[str, str]], masker: Masker) -> list[dict[str, str]]:
    return [{**line, "message": _shortened(masker.text(line["message"]))} for line in lines[-MAX_LOG_LINES:]]


def _shortened(message: str) -> str:
    return message if len(message) <= MAX_LOG_CHARS else message[:MAX_LOG_CHARS] + "…"


def shown_error(error: JSON, masker: Masker) -> JSON:
    """An error without its payload, which the step's input shows where recording allows it."""
    if not isinstance(error, dict):
        return error
    return masker.value({key: value for key, value in error.items() if key != "payload"})


@lru_cache(maxsize=1024)
def _ports(*names: str) -> bytes:
    return values.encode(names)


@lru_cache(maxsize=1024)
def _member(name: str) -> bytes:
    return values.encode(name) + b":"
