"""Turns a step of the engine into its rows: the Step that people see and the entry a restore reads.

Recording decides what the Step keeps; the journal always holds the whole, true values.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flowstudio import models
from flowstudio.conf import settings
from flowstudio.engine import values
from flowstudio.engine.trace import StepRecord
from flowstudio.engine.values import JSON

KEPT_PAYLOADS = 8
MAX_LOG_LINES = 500
MAX_LOG_CHARS = 2_000


@dataclass(slots=True)
class Encoded:
    """A payload, its bytes and (when asked for) its summary."""

    value: JSON
    data: bytes
    _summary: dict[str, Any] | None = None

    @property
    def is_cut(self) -> bool:
        return len(self.data) > settings.MAX_TRACE_PAYLOAD_BYTES

    @property
    def summary(self) -> dict[str, Any]:
        if self._summary is None:
            self._summary = dict(values.summarise(self.value, self.data))
            if self.is_cut:
                self._summary["cut"] = True
        return self._summary

    @property
    def kept(self) -> bytes:
        """What a trace keeps: all of it, or the beginning of its text, as a JSON text."""
        if not self.is_cut:
            return self.data
        beginning = self.data[: settings.MAX_TRACE_PAYLOAD_BYTES].decode(errors="ignore")
        return values.encode(beginning)


class Encoder:
    """Serialises each payload once: what leaves one node enters the next as the same object."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Encoded] = OrderedDict()

    def __call__(self, value: JSON) -> Encoded:
        known = self._known.get(id(value))
        if known is not None and known.value is value:
            return known
        encoded = Encoded(value, values.encode(value))
        self._known[id(value)] = encoded  # holds the value, so that its id stays its own
        if len(self._known) > KEPT_PAYLOADS:
            self._known.popitem(last=False)
        return encoded


def step_row(record: StepRecord, run: models.Run, encode: Encoder, earlier_attempts: int) -> models.Step:
    """The Step as the run's recording keeps it; its ``seq`` is given when it is stored."""
    row = models.Step(
        run_id=run.pk,
        node=record.node,
        plugin=record.plugin,
        iteration=record.iteration,
        attempts=record.attempts + earlier_attempts,
        status=record.status,
        queued=record.queued,
        started=record.started,
        ended=record.ended,
        ports=list(record.outputs),
        error=shown_error(record.error),
        log=[_shortened(line) for line in record.log[-MAX_LOG_LINES:]] or None,
        background_run_id=None if record.background_run is None else UUID(record.background_run),
    )
    if run.recording == models.Recording.ALL:
        given = encode(record.input)
        outputs = {port: encode(payload) for port, payload in record.outputs.items()}
        row.summary = {
            "input": given.summary,
            "outputs": {port: output.summary for port, output in outputs.items()},
        }
        row.input = given.kept
        row.outputs = _object({port: output.kept for port, output in outputs.items()})
    return row


def _shortened(line: dict[str, str]) -> dict[str, str]:
    message = line["message"]
    return line if len(message) <= MAX_LOG_CHARS else {**line, "message": message[:MAX_LOG_CHARS] + "…"}


def shown_error(error: JSON) -> JSON:
    """An error without its payload, which the step's input shows where recording allows it."""
    if not isinstance(error, dict):
        return error
    return {key: value for key, value in error.items() if key != "payload"}


def journal_entry(record: StepRecord, run: models.Run, encode: Encoder) -> models.JournalEntry:
    outputs = _object({port: encode(payload).data for port, payload in record.outputs.items()})
    return models.JournalEntry(
        run_id=run.pk,
        node=record.node,
        iteration=record.iteration,
        outcome=record.status,
        ports=list(record.outputs),
        value=_object(
            {
                "outputs": outputs,
                "error": values.encode(record.error),
                "background_run": values.encode(record.background_run),
            }
        ),
    )


def _object(members: dict[str, bytes]) -> bytes:
    """A JSON object of members that are encoded already."""
    return b"{" + b",".join(values.encode(name) + b":" + data for name, data in members.items()) + b"}"
