"""Functions in processes of their own: the loop goes on, a killed or crashed process harms nobody else."""

import asyncio
import os

import pytest

from flowstudio.runs.processes import ProcessDied, in_process
from tests.runs import work_of_processes as work


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def soon(condition):
    async with asyncio.timeout(20):
        while not (found := condition()):
            await asyncio.sleep(0.01)
    return found


def test_a_function_is_called_in_another_process():
    total, pid = asyncio.run(in_process(work.add, 1, 2))

    assert total == 3
    assert pid != os.getpid()


def test_django_is_set_up_there():
    assert asyncio.run(in_process(work.name_of_model, "Workflow")) == "flowstudio.Workflow"


def test_what_the_function_raises_is_raised():
    with pytest.raises(ValueError, match="as it was raised"):
        asyncio.run(in_process(work.fail, "as it was raised"))


def test_the_loop_goes_on_meanwhile_and_a_time_out_kills_the_process(tmp_path):
    path = tmp_path / "pid"
    turns = 0

    async def live():
        nonlocal turns
        spinning = asyncio.create_task(in_process(work.spin, path))
        pid = int(await soon(lambda: path.exists() and path.read_text()))
        for _ in range(100):
            await asyncio.sleep(0.001)
            turns += 1
        assert not spinning.done()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await spinning
        await soon(lambda: not is_alive(pid))

    asyncio.run(live())

    assert turns == 100


def test_a_process_that_crashes_fails_its_own_call_only():
    async def live():
        return await asyncio.gather(
            in_process(work.die, 3), in_process(work.add, 1, 2), return_exceptions=True
        )

    died, (total, _) = asyncio.run(live())

    assert isinstance(died, ProcessDied)
    assert "ended before it gave a result" in str(died)
    assert total == 3
