"""The local runner: executes runs in this process, on a thread and event loop of their own.

A Channels worker on that loop serves the branch channel; its consumer (handed in with the application)
calls :meth:`LocalRunner.begin`. A message is only a wake-up. The rows are the truth: at the start and at
every tick the runner picks up what is queued, or running with a dead holder.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from asgiref.typing import ASGI3Application
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer, get_channel_layer
from channels.worker import Worker
from django.db import close_old_connections

from flowstudio.conf import settings
from flowstudio.runs import boot, branches, hints, plugins, stores, writer
from flowstudio.runs.calls import Calls
from flowstudio.runs.hints import wake
from flowstudio.runs.services import Services

__all__ = ["BRANCH_CHANNEL", "LAYER_ALIAS", "SCOPE_KEY", "LocalRunner", "wake"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

BRANCH_CHANNEL = "flowstudio-branch"
LAYER_ALIAS = "flowstudio"
SCOPE_KEY = "flowstudio.runner"
GRACE_SECONDS = 2.0
NODE_THREADS = 64
OWN_THREADS = 4
SWEEP_SECONDS = 600.0
"""How often expired values of nodes are deleted; the first time soon after the start."""


class LocalRunner:
    """Executes runs until it is drained. ``application`` serves the branch channel (``asgi.wrap``)."""

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application
        self._thread = threading.Thread(target=self._serve, name="flowstudio-runner", daemon=True)
        self._node_threads = ThreadPoolExecutor(NODE_THREADS, thread_name_prefix="flowstudio-node")
        # Its own, so that nodes which block all theirs do not keep other runs from being found.
        self._own_threads = ThreadPoolExecutor(OWN_THREADS, thread_name_prefix="flowstudio-runs")
        self._nodes_on_threads: set[object] = set()
        self._ready = threading.Event()
        self._draining = False
        self._waiting = False  # a run found no room
        self._active: dict[UUID, asyncio.Task[None]] = {}
        self._held: set[UUID] = set()  # those of the active whose claim is committed
        self._called: set[UUID] = set()  # those of the active that run in their caller's slot

    # ── Called from other threads ──────────────────────────────────────────────────────────────────

    def start(self) -> None:
        """Be alive, pick up what was left behind, and take what comes."""
        self._folder = branches.boot_folder()
        self.worker = boot.hold(self._folder)
        boot.sweep(self._folder)
        self._thread.start()
        self._ready.wait()
        self._detach = hints.attach(self)

    def drain(self) -> None:
        """Take nothing new, let runs end for a moment, hand the others back, and stop. Once is enough."""
        if not self._thread.is_alive():
            return
        self._detach()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        for threads in (self._own_threads, self._node_threads):
            threads.shutdown(wait=False)
        boot.release(self._folder, self.worker)

    def leave(self) -> None:
        """End the process now if a node is still on its thread; call it last, after draining.

        Nothing can stop a plain ``run``, and Python would wait for it. Its run has been handed back, so
        its result counts no more.
        """
        if self._nodes_on_threads:
            sys.stdout.flush()
            logging.shutdown()
            os._exit(0)

    def wake(self, run_id: UUID) -> None:
        """Hint that ``run_id`` is queued. Into the layer by the loop it belongs to: a send from another
        loop would be noticed only at the receiver's next time-out."""
        with _loop_may_be_closed():
            asyncio.run_coroutine_threadsafe(self._send(run_id), self._loop)

    def abort(self, run_id: UUID) -> None:
        """Hint that ``run_id`` was cancelled."""
        with _loop_may_be_closed():
            self._loop.call_soon_threadsafe(self._cancel, run_id)

    # ── On the runner's loop ───────────────────────────────────────────────────────────────────────

    def begin(self, run_id: UUID) -> None:
        """Execute a queued run, beside the others; called by the branch channel's consumer."""
        self._begin(branches.Claimable(run_id, None))

    def _serve(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._tick_now = asyncio.Event()
        self._services = Services(
            workflows=lambda: Calls(self.worker, self._begin_called, self._read, lambda: self._draining)
        )
        self._layer = get_channel_layer(LAYER_ALIAS) or InMemoryChannelLayer(capacity=10_000)
        worker = Worker(self._with_runner, [BRANCH_CHANNEL], self._layer)
        listening = asyncio.create_task(worker.arun())
        listening.add_done_callback(_tell_if_failed)
        tasks = [listening, asyncio.create_task(self._tick())]
        self._ready.set()
        self._own_threads.submit(plugins.registry)  # found before the first event waits for it
        await self._stop.wait()
        self._draining = True
        await _cancelled(tasks)
        if self._active:
            await asyncio.wait(self._active.values(), timeout=GRACE_SECONDS)
        await _cancelled(list(self._active.values()))
        await self._services.close()

    async def _with_runner(self, scope: Any, receive: Any, send: Any) -> None:
        await self._application(scope | {SCOPE_KEY: self}, receive, send)

    async def _send(self, run_id: UUID) -> None:
        try:
            await self._layer.send(BRANCH_CHANNEL, {"type": "branch.run", "run": str(run_id)})
        except ChannelFull:
            self._tick_now.set()  # the row is the truth

    async def _tick(self) -> None:
        swept = 0.0
        while True:
            try:
                await self._pick_up()
                if self._loop.time() - swept > SWEEP_SECONDS:
                    swept = self._loop.time()
                    await _committed(stores.sweep)
            except Exception:
                logger.exception("The runner could not look for runs; it tries again.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._tick_now.wait(), settings.PICK_UP_SECONDS)
            self._tick_now.clear()

    async def _pick_up(self) -> None:
        held = list(self._held)
        for run_id in await self._read(lambda: branches.lost(self.worker, held)) if held else []:
            self._cancel(run_id)
        room, active = self._room(), list(self._active)
        found = await self._read(lambda: branches.pick_up(self.worker, active, room))
        # Perhaps there are more: look again when one ends.
        self._waiting = sum(not claimable.is_called for claimable in found) == room
        for claimable in found:
            self._begin(claimable)

    def _begin(self, claimable: branches.Claimable) -> None:
        if self._draining or claimable.run in self._active:
            return
        if claimable.is_called:
            self._called.add(claimable.run)
        elif not self._room():
            self._waiting = True
            return
        task = asyncio.create_task(self._execute(claimable))
        self._active[claimable.run] = task
        task.add_done_callback(partial(self._ended, claimable.run))

    def _begin_called(self, run_id: UUID) -> None:
        self._begin(branches.Claimable(run_id, None, is_called=True))

    def _room(self) -> int:
        return max(0, int(settings.CONCURRENT_RUNS) - len(self._active) + len(self._called))

    async def _execute(self, claimable: branches.Claimable) -> None:
        run = await _committed(branches.claim, claimable.run, self.worker, claimable.fence)
        if run is not None:
            self._held.add(run.pk)
            await branches.run_claimed(
                run,
                call=self._call_node,
                read=self._read,
                services=self._services,
                handing_back=lambda: self._draining,
            )

    def _ended(self, run_id: UUID, task: asyncio.Task[None]) -> None:
        del self._active[run_id]
        self._held.discard(run_id)
        self._called.discard(run_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The row still says running with this worker, so a tick claims the run anew.
            logger.error("Run %s could not be ended.", run_id, exc_info=error)
        if self._waiting and not self._draining:
            self._waiting = False
            self._tick_now.set()

    def _cancel(self, run_id: UUID) -> None:
        if (task := self._active.get(run_id)) is not None:
            task.cancel()

    async def _call_node(self, work: Callable[[], T]) -> T:
        """Run a node's plain ``run`` on a thread, with Django's connections managed around it."""
        context = contextvars.copy_context()
        return await self._loop.run_in_executor(self._node_threads, context.run, self._counted, work)

    def _counted(self, work: Callable[[], T]) -> T:
        self._nodes_on_threads.add(work)
        try:
            return _managed(work)
        finally:
            self._nodes_on_threads.discard(work)

    async def _read(self, work: Callable[[], T]) -> T:
        return await self._loop.run_in_executor(self._own_threads, _managed, work)


def _managed(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        close_old_connections()


def _tell_if_failed(listening: asyncio.Task[None]) -> None:
    if not listening.cancelled() and (error := listening.exception()) is not None:
        logger.error("The branch channel failed; runs are found by looking only.", exc_info=error)


async def _committed(work: Callable[..., T], *args: Any) -> T:
    return await asyncio.wrap_future(writer.call(work, *args))


async def _cancelled(tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _loop_may_be_closed() -> Iterator[None]:
    """A hint that comes while the runner stops is not needed: another process, or the next start, looks."""
    with suppress(RuntimeError):
        yield
