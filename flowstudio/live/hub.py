"""Fans traces out to browsers: rows are read once per tree of runs and sent to all who watch it.

One hub per event loop. News only mark a tree as changed; the rows are read at most every 50 ms and made
into text once. ``head`` is how far the hub itself has read each run; a watcher is *live* while it has
been sent everything up to there. One that begins, was paused, or says it has less, is *catching up* from
the database by itself until it reaches the head. So nothing is sent twice and nothing is left out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connections

from flowstudio.conf import settings
from flowstudio.live import frames, rows
from flowstudio.live.frames import RunFrame, Trace
from flowstudio.live.rows import Access
from flowstudio.live.watchers import Watcher
from flowstudio.models import ENDED, Run
from flowstudio.runs import news

logger = logging.getLogger(__name__)

T = TypeVar("T")

ACCESS_SECONDS = 1.5
NO_USER = 4401
FORBIDDEN = 4403
LOST = 4408
FAILED = 1011
KNOWN_STATUSES = 5_000
MAX_WATCHES = 100


class TooMany(Exception):
    """A socket asks to watch more than one may; the text says what to do."""


@dataclass(slots=True, eq=False)
class Watch:
    """One watcher's place in one tree."""

    asked: UUID  # the run that the client named
    workflow: UUID  # of that run: without access to it, nothing is watched
    granted: dict[UUID, Access | None]  # workflow → what of its runs may be seen; None: nothing
    positions: dict[UUID, int]  # run → seq up to which steps were sent
    runs: dict[UUID, int] = field(default_factory=dict)  # run → seq of the run as it was sent
    is_live: bool = False
    catching_up: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run as it was read."""

    workflow: UUID
    seq: int
    frame: RunFrame
    changed: int  # its seq when the frame last changed: most changes are of steps only
    ended: bool


@dataclass(slots=True, eq=False)
class Tree:
    """A root run with all its descendants, watched by somebody; called ones belong to other workflows."""

    root: UUID
    watches: dict[Watcher, Watch] = field(default_factory=dict)
    head: dict[UUID, int] = field(default_factory=dict)
    runs: dict[UUID, ShownRun] = field(default_factory=dict)
    changed: set[UUID] = field(default_factory=set)
    look_at_all: bool = True  # also at runs of which no news was heard
    reader: asyncio.Task[None] | None = None
    was_read: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, run: Run) -> None:
        frame, before = frames.run_frame(run), self.runs.get(run.pk)
        changed = before.changed if before is not None and before.frame == frame else run.seq
        self.runs[run.pk] = ShownRun(run.workflow_id, run.seq, frame, changed, run.status in ENDED)
        self.head[run.pk] = max(self.head.get(run.pk, 0), run.seq)

    def access(self, watch: Watch, run_id: UUID) -> Access | None:
        """What ``watch`` may see of a run."""
        return watch.granted.get(self.runs[run_id].workflow)

    def visible(self, watch: Watch, run_ids: Iterable[UUID]) -> list[UUID]:
        return [run_id for run_id in run_ids if self.access(watch, run_id) is not None]

    @property
    def may_change(self) -> bool:
        return not self.runs or any(not run.ended for run in self.runs.values())


@dataclass(slots=True, eq=False)
class Feed:
    """The runs of a workflow, watched by somebody."""

    workflow: UUID
    watchers: dict[Watcher, bool] = field(default_factory=dict)  # may it see payloads?
    cursor: datetime | None = None
    statuses: dict[UUID, str] = field(default_factory=dict)  # as they were sent
    changed: set[UUID] = field(default_factory=set)
    look_at_all: bool = False
    reader: asyncio.Task[None] | None = None

    def note(self, run: Run) -> datetime:
        """Keep the run's status as sent; returns the feed's cursor."""
        self.statuses[run.pk] = run.status
        if len(self.statuses) > KNOWN_STATUSES:
            del self.statuses[next(iter(self.statuses))]
        cursor = rows.cursor_of(run)
        self.cursor = max(self.cursor or cursor, cursor)
        return self.cursor


class Hub:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._trees: dict[UUID, Tree] = {}
        self._feeds: dict[UUID, Feed] = {}
        self._watchers: set[Watcher] = set()
        self._threads: ThreadPoolExecutor | None = None
        self._ticks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] = lambda: None

    # ── Watchers come and go ───────────────────────────────────────────────────────────────────────

    def add(self, watcher: Watcher) -> None:
        self._watchers.add(watcher)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(1, thread_name_prefix="flowstudio-hub")
            self._ticks = [
                asyncio.create_task(self._every(lambda: settings.LIVE_POLL_SECONDS, self._poll)),
                asyncio.create_task(self._every(lambda: ACCESS_SECONDS, self._check_access)),
            ]
            self._unsubscribe = news.subscribe(self._hear)

    def remove(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)
        for tree in list(self._trees.values()):
            self._leave_tree(tree, watcher)
        for feed in list(self._feeds.values()):
            self._leave_feed(feed, watcher)
        if not self._watchers:
            self._rest()

    def _rest(self) -> None:
        """Nobody watches: hold no thread, no connection, no subscription."""
        self._unsubscribe()
        for task in self._ticks:
            task.cancel()
        self._ticks = []
        if self._threads is not None:
            self._threads.submit(connections.close_all)
            self._threads.shutdown(wait=False)
            self._threads = None

    async def read(self, work: Callable[..., T], *args: Any) -> T:
        """Read rows on the hub's one database thread."""
        if self._threads is None:
            raise asyncio.CancelledError  # the last watcher has gone
        return await self._loop.run_in_executor(self._threads, partial(work, *args))

    # ── Watching a tree ────────────────────────────────────────────────────────────────────────────

    async def watch_run(self, watcher: Watcher, run_id: UUID, positions: Mapping[UUID, int]) -> bool:
        """Send what the watcher has not got of the run's tree, then all that comes. False: not found."""
        place = await self.read(rows.root_of, run_id)
        access = None if place is None else await self.read(rows.access, watcher.user, place[1])
        if place is None or access is None or watcher not in self._watchers:
            return False
        root, workflow = place
        others = sum(watcher in tree.watches for tree in self._trees.values() if tree.root != root)
        if others >= MAX_WATCHES:
            raise TooMany(f"One socket watches at most {MAX_WATCHES} runs; unwatch some.")
        tree = self._trees.get(root)
        if tree is None:
            tree = self._trees[root] = Tree(root)
        self._leave_tree(tree, watcher, keep=True)
        watch = Watch(run_id, workflow, {workflow: access}, dict(positions))
        tree.watches[watcher] = watch
        if tree.reader is None and not tree.was_read.is_set():
            self._read_tree(tree)
        watch.catching_up = asyncio.create_task(self._bring_up(tree, watcher, watch, is_first=True))
        return True

    def unwatch_run(self, watcher: Watcher, run_id: UUID) -> None:
        for tree in list(self._trees.values()):
            watch = tree.watches.get(watcher)
            if watch is not None and run_id in (watch.asked, tree.root):
                self._leave_tree(tree, watcher)

    def _leave_tree(self, tree: Tree, watcher: Watcher, *, keep: bool = False) -> None:
        watch = tree.watches.pop(watcher, None)
        if watch is not None:
            if watch.catching_up is not None:
                watch.catching_up.cancel()
            for run_id in watch.positions:
                watcher.forget(run_id)
        if not tree.watches and not keep:
            if tree.reader is not None:
                tree.reader.cancel()
            self._trees.pop(tree.root, None)

    async def _bring_up(self, tree: Tree, watcher: Watcher, watch: Watch, *, is_first: bool = False) -> None:
        try:
            await self._catch_up(tree, watcher, watch, is_first)
        except Exception:
            logger.exception("A watcher of run %s could not be brought up to date.", tree.root)
            await watcher.close(FAILED)  # it comes back and says what it has

    async def _catch_up(self, tree: Tree, watcher: Watcher, watch: Watch, is_first: bool) -> None:
        """Bring one watcher to the tree's head; from then on it is live."""
        await tree.was_read.wait()
        await self._look_up_access(tree, watcher, watch)
        self._send_runs(tree, watcher, watch, list(tree.runs), lambda run: not run.ended or is_first)
        while True:
            await watcher.may_go_on.wait()
            await self._look_up_access(tree, watcher, watch)
            behind = {
                run_id: watch.positions.get(run_id, 0)
                for run_id in tree.visible(watch, tree.head)
                if watch.positions.get(run_id, 0) < tree.head[run_id]
            }
            if not behind:
                break
            head = dict(tree.head)
            steps = await self.read(rows.steps_behind, behind)
            was_sent = self._send_traces(tree, watcher, watch, frames.traces(steps))
            if was_sent and len(steps) < rows.STEPS_AT_ONCE:
                for run_id in behind:
                    watch.positions[run_id] = max(watch.positions.get(run_id, 0), head[run_id])
        # No await between the last look at the head and here: nothing can come between.
        watch.is_live, watch.catching_up = True, None
        self._send_runs(tree, watcher, watch, list(tree.runs))
        if is_first:
            runs = [str(run_id) for run_id in tree.visible(watch, tree.runs)]
            watcher.send(frames.text({"op": "watching", "run": str(watch.asked), "runs": runs}))

    def _send_runs(
        self,
        tree: Tree,
        watcher: Watcher,
        watch: Watch,
        among: Iterable[UUID],
        wanted: Callable[[ShownRun], bool] = lambda run: True,
    ) -> None:
        for run_id in among:
            run, access = tree.runs[run_id], tree.access(watch, run_id)
            if access and watch.runs.get(run_id, -1) < run.changed and wanted(run):
                watch.runs[run_id] = run.changed
                watcher.send(run.frame.text(access.payloads))

    def _send_traces(self, tree: Tree, watcher: Watcher, watch: Watch, traces: Iterable[Trace]) -> bool:
        """Send what the watcher lacks of what it may see, frame by frame; False if it was paused before
        the last."""
        for trace in traces:
            access = tree.access(watch, trace.run_id)
            if access is None:
                continue
            for seq, text in trace.after(watch.positions.get(trace.run_id, 0), access.payloads):
                if watcher.is_paused:
                    return False
                watch.positions[trace.run_id] = seq
                watcher.send_trace(trace.run_id, seq, text)
        return True

    async def _look_up_access(self, tree: Tree, watcher: Watcher, watch: Watch) -> None:
        """To workflows whose runs came into the tree. Returns without a pause where all are known."""
        while unknown := {run.workflow for run in tree.runs.values()} - watch.granted.keys():
            for workflow in unknown:
                watch.granted[workflow] = await self.read(rows.access, watcher.user, workflow)

    # ── Reading a tree ─────────────────────────────────────────────────────────────────────────────

    def _read_tree(self, tree: Tree) -> None:
        if tree.reader is None:
            tree.reader = asyncio.create_task(self._keep_reading(tree))

    async def _keep_reading(self, tree: Tree) -> None:
        """Read and send while there is something new: at once, and then at most once per frame time."""
        try:
            while tree.look_at_all or tree.changed:
                among = None if tree.look_at_all else tree.changed
                tree.look_at_all, tree.changed = False, set()
                await self._read_once(tree, among)
                await asyncio.sleep(settings.LIVE_FRAME_SECONDS)
        except Exception:
            logger.exception(
                "The hub could not read the tree of run %s; the next poll tries again.", tree.root
            )
            tree.look_at_all = True
        finally:
            tree.reader = None

    async def _read_once(self, tree: Tree, among: set[UUID] | None) -> None:
        if not tree.was_read.is_set():
            found = await self.read(rows.runs_of, tree.root)  # their steps are caught up with
        else:
            known = {run_id: run.seq for run_id, run in tree.runs.items()}
            found = await self.read(rows.changes, tree.root, known, dict(tree.head), among)
        for run in found.runs:
            tree.note(run)
        traces = frames.traces(found.steps)
        for trace in traces:
            tree.head[trace.run_id] = max(tree.head[trace.run_id], trace.last)
        tree.was_read.set()
        changed = [run.pk for run in found.runs]
        for watcher, watch in list(tree.watches.items()):
            if watch.is_live:
                await self._look_up_access(tree, watcher, watch)
        for watcher, watch in list(tree.watches.items()):
            if watch.is_live:
                self._send_changes(tree, watcher, watch, changed, traces)

    def _send_changes(
        self, tree: Tree, watcher: Watcher, watch: Watch, changed: Sequence[UUID], traces: Sequence[Trace]
    ) -> None:
        if not watcher.is_paused:
            self._send_runs(tree, watcher, watch, changed, lambda run: not run.ended)
            if self._send_traces(tree, watcher, watch, traces):
                self._send_runs(tree, watcher, watch, changed)
                return
        self._bring_up_later(tree, watcher, watch)

    def _bring_up_later(self, tree: Tree, watcher: Watcher, watch: Watch) -> None:
        watch.is_live = False
        watch.catching_up = asyncio.create_task(self._bring_up(tree, watcher, watch))

    # ── Watching a workflow ────────────────────────────────────────────────────────────────────────

    async def watch_workflow(self, watcher: Watcher, workflow: UUID, cursor: datetime | None) -> bool:
        """Send the runs that are open or changed since ``cursor``, then all that start or end."""
        access = await self.read(rows.access, watcher.user, workflow)
        if access is None or watcher not in self._watchers:
            return False
        feed = self._feeds.setdefault(workflow, Feed(workflow))
        feed.watchers[watcher] = (
            access.payloads
        )  # before reading: what changes meanwhile is sent twice, not lost
        for run in await self.read(rows.runs_since, workflow, cursor):
            frame = frames.run_frame(run, rows.cursor_text(rows.cursor_of(run)))
            watcher.send(frame.text(access.payloads))
            if len(feed.watchers) == 1:  # else the others have not been sent it by this
                feed.note(run)
        return True

    def unwatch_workflow(self, watcher: Watcher, workflow: UUID) -> None:
        if (feed := self._feeds.get(workflow)) is not None:
            self._leave_feed(feed, watcher)

    def _leave_feed(self, feed: Feed, watcher: Watcher) -> None:
        feed.watchers.pop(watcher, None)
        if not feed.watchers:
            if feed.reader is not None:
                feed.reader.cancel()
            self._feeds.pop(feed.workflow, None)

    def _read_feed(self, feed: Feed) -> None:
        if feed.reader is None:
            feed.reader = asyncio.create_task(self._keep_feeding(feed))

    async def _keep_feeding(self, feed: Feed) -> None:
        try:
            while feed.look_at_all or feed.changed:
                among = None if feed.look_at_all else feed.changed
                feed.look_at_all, feed.changed = False, set()
                for run in await self.read(rows.runs_since, feed.workflow, feed.cursor, among):
                    self._feed_run(feed, run)
                await asyncio.sleep(settings.LIVE_FRAME_SECONDS)
        except Exception:
            logger.exception("The hub could not read the runs of workflow %s.", feed.workflow)
            feed.look_at_all = True
        finally:
            feed.reader = None

    def _feed_run(self, feed: Feed, run: Run) -> None:
        if feed.statuses.get(run.pk) == run.status:
            return
        frame = frames.run_frame(run, rows.cursor_text(feed.note(run)))
        for watcher, payloads in feed.watchers.items():
            watcher.send(frame.text(payloads))

    # ── News and ticks ─────────────────────────────────────────────────────────────────────────────

    def _hear(self, item: news.News) -> None:
        """On the writer's thread."""
        if item.root in self._trees or item.workflow in self._feeds:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._heard, item)

    def _heard(self, item: news.News) -> None:
        if (tree := self._trees.get(item.root)) is not None:
            tree.changed.add(item.run)
            self._read_tree(tree)
        if (feed := self._feeds.get(item.workflow)) is not None:
            feed.changed.add(item.run)
            self._read_feed(feed)

    async def _every(self, seconds: Callable[[], float], work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds())
            try:
                await work()
            except Exception:
                logger.exception("The hub's tick failed; it goes on.")

    async def _poll(self) -> None:
        """Other processes run runs too, and their news do not reach this one."""
        for tree in self._trees.values():
            if tree.look_at_all or tree.may_change:
                tree.look_at_all = True
                self._read_tree(tree)
        for feed in self._feeds.values():
            feed.look_at_all = True
            self._read_feed(feed)

    async def _check_access(self) -> None:
        """A role that was taken, a session that ended: the socket closes."""
        watchers = list(self._watchers)
        wanted = [(watcher.login, watcher.user, self._workflows_of(watcher)) for watcher in watchers]
        for watcher, standing in zip(watchers, await self.read(rows.standings, wanted), strict=True):
            if not standing.is_signed_in:
                await watcher.close(NO_USER)
            elif any(standing.granted.get(workflow, True) is None for workflow in self._asked_by(watcher)):
                await watcher.close(FORBIDDEN)
            elif watcher.is_lost:
                await watcher.close(LOST)
            else:
                self._note_access(watcher, standing.granted)

    def _note_access(self, watcher: Watcher, granted: Mapping[UUID, Access | None]) -> None:
        for tree, watch in self._watches_of(watcher):
            known = watch.granted.keys() & granted.keys()
            opened = any(watch.granted[workflow] is None and granted[workflow] for workflow in known)
            watch.granted.update({workflow: granted[workflow] for workflow in known})
            if opened and watch.is_live:
                self._bring_up_later(tree, watcher, watch)
        for feed in self._feeds.values():
            if watcher in feed.watchers and (access := granted.get(feed.workflow)):
                feed.watchers[watcher] = access.payloads

    def _watches_of(self, watcher: Watcher) -> list[tuple[Tree, Watch]]:
        trees = self._trees.values()
        return [(tree, tree.watches[watcher]) for tree in trees if watcher in tree.watches]

    def _asked_by(self, watcher: Watcher) -> set[UUID]:
        """The workflows of the runs it named, and those it named itself."""
        feeds = (feed.workflow for feed in self._feeds.values() if watcher in feed.watchers)
        return {*feeds, *(watch.workflow for _, watch in self._watches_of(watcher))}

    def _workflows_of(self, watcher: Watcher) -> frozenset[UUID]:
        called = (workflow for _, watch in self._watches_of(watcher) for workflow in watch.granted)
        return frozenset([*self._asked_by(watcher), *called])


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def of_this_loop() -> Hub:
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
