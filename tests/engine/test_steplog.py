"""The log of a step."""

import asyncio
import threading

from flowstudio.engine.steplog import MAX_LINES, NO_LOG, StepLog
from flowstudio.engine.trace import StepRecord
from flowstudio.testing import ListSink


class Listener(ListSink):
    """Notes what it is told, and on which thread."""

    def __init__(self):
        super().__init__()
        self.told = []

    def logged(self, step):
        self.told.append((step.log[-1]["message"], threading.get_ident()))


def test_a_line_has_a_time_a_level_and_a_message():
    step = StepRecord("n1", "log")
    log = StepLog(step, None, ListSink())

    for level in ("debug", "info", "warning", "error"):
        getattr(log, level)(f"a {level}")

    assert [(line["level"], line["message"]) for line in step.log] == [
        ("debug", "a debug"),
        ("info", "a info"),
        ("warning", "a warning"),
        ("error", "a error"),
    ]
    assert all(line["time"].endswith("Z") for line in step.log)


def test_what_is_no_text_is_written_as_one():
    step = StepRecord("n1", "log")

    StepLog(step, None, ListSink()).info({"n": 1})

    assert step.log[0]["message"] == "{'n': 1}"


async def test_the_sink_is_told_of_each_line_on_the_loop():
    sink = Listener()
    log = StepLog(StepRecord("n1", "log"), asyncio.get_running_loop(), sink)

    log.info("here")
    await asyncio.to_thread(log.info, "from a thread")
    await asyncio.sleep(0)

    here = threading.get_ident()
    assert sink.told == [("here", here), ("from a thread", here)]


async def test_a_thread_that_outlives_the_loop_may_still_log():
    step, loop = StepRecord("n1", "log"), asyncio.new_event_loop()
    log = StepLog(step, loop, Listener())
    loop.close()

    await asyncio.to_thread(log.info, "late")

    assert step.log[0]["message"] == "late"


def test_lines_over_the_limit_are_left_out_and_that_is_said():
    step = StepRecord("n1", "log")
    log = StepLog(step, None, ListSink())

    for number in range(MAX_LINES + 10):
        log.info(str(number))

    assert len(step.log) == MAX_LINES
    assert "left out" in step.log[-1]["message"]


def test_where_no_step_is_kept_lines_are_taken_all_the_same():
    for level in ("debug", "info", "warning", "error"):
        getattr(NO_LOG, level)("gone")
