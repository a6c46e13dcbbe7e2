"""Frames as text, made once and shared by all watchers at the same place of a run's trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import orjson

from flowstudio.models import Run, Step
from flowstudio.runs import reading

FRAME_BYTES = 64 * 1024


class Trace:
    """Steps of one run in order of their changes, cut into frames."""

    def __init__(self, run_id: UUID, steps: Sequence[Step]) -> None:
        self.run_id, self._steps = run_id, steps
        self._frames: dict[tuple[int, bool], list[tuple[int, str]]] = {}

    @property
    def last(self) -> int:
        return self._steps[-1].seq

    def after(self, position: int, payloads: bool) -> list[tuple[int, str]]:
        """``(seq, text)`` of each frame with what comes after ``position``."""
        first = next((at for at, step in enumerate(self._steps) if step.seq > position), len(self._steps))
        key = first, payloads
        if key not in self._frames:
            self._frames[key] = self._cut(self._steps[first:], payloads)
        return self._frames[key]

    def _cut(self, steps: Sequence[Step], payloads: bool) -> list[tuple[int, str]]:
        frames: list[tuple[int, str]] = []
        texts: list[bytes] = []
        seq = size = 0
        for step in steps:
            text = orjson.dumps(reading.step_json(step, payloads=payloads))
            if texts and size + len(text) > FRAME_BYTES:
                frames.append((seq, self._frame(seq, texts, size)))
                texts, size = [], 0
            texts.append(text)
            size += len(text)
            seq = step.seq
        if texts:
            frames.append((seq, self._frame(seq, texts, size)))
        return frames

    def _frame(self, seq: int, texts: list[bytes], size: int) -> str:
        steps = b",".join(texts).decode()
        return f'{{"op":"trace","run":"{self.run_id}","seq":{seq},"steps":[{steps}],"size":{size}}}'


def traces(steps: Sequence[Step]) -> list[Trace]:
    """One trace per run, from steps ordered by run."""
    return [Trace(run_id, list(of_run)) for run_id, of_run in groupby(steps, key=lambda step: step.run_id)]


@dataclass(frozen=True, slots=True)
class RunFrame:
    """A run as text: for those who may see payloads, and for the others."""

    whole: str
    guarded: str

    def text(self, payloads: bool) -> str:
        return self.whole if payloads else self.guarded


def run_frame(run: Run, cursor: str | None = None) -> RunFrame:
    more: dict[str, object] = {} if cursor is None else {"cursor": cursor}
    whole, guarded = (
        text({"op": "run", "run": reading.run_json(run, payloads=payloads), **more})
        for payloads in (True, False)
    )
    return RunFrame(whole, guarded)


def text(frame: dict[str, object]) -> str:
    return orjson.dumps(frame).decode()
