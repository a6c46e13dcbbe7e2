"""Wait on a plain thread until runs have ended, have answered, or have begun their background runs."""

import threading
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef

from flowstudio import models
from flowstudio.runs import news

POLL_SECONDS = 0.25  # news come from this process only; another one may hold the run


def wait_for_end(run_ids: Sequence[UUID], seconds: float) -> list[models.Run]:
    """The runs as they are when all have ended, or when ``seconds`` are over."""
    _wait(run_ids, seconds, lambda: not _open(run_ids), only_ends=True)
    found = models.Run.objects.select_related("version", "event").in_bulk(list(run_ids))
    return [found[run_id] for run_id in run_ids if run_id in found]


def wait_for_answer(run_ids: Sequence[UUID], seconds: float) -> models.Run | None:
    """The run that has answered its caller, as soon as one has; None where none does."""
    answered = models.Run.objects.filter(pk__in=run_ids, answer__isnull=False)
    _wait(run_ids, seconds, lambda: answered.exists() or not _open(run_ids))
    return answered.first()


def wait_for_children(run_ids: Sequence[UUID], seconds: float) -> None:
    """Until each of the runs has a background run or has ended."""
    has_none = ~Exists(models.Run.objects.filter(parent=OuterRef("pk"), call=0))
    childless = models.Run.objects.filter(has_none, pk__in=run_ids).exclude(status__in=models.ENDED)
    _wait(run_ids, seconds, lambda: not childless.exists())


def _wait(
    run_ids: Sequence[UUID], seconds: float, over: Callable[[], bool], *, only_ends: bool = False
) -> None:
    watched = set(run_ids)
    heard = threading.Event()

    def hear(item: news.News) -> None:
        if item.run in watched and (item.ended or not only_ends):
            heard.set()

    deadline = time.monotonic() + seconds
    unsubscribe = news.subscribe(hear)
    try:
        while not over() and (left := deadline - time.monotonic()) > 0:
            heard.wait(min(left, POLL_SECONDS))
            heard.clear()
    finally:
        unsubscribe()


def _open(run_ids: Sequence[UUID]) -> bool:
    return models.Run.objects.filter(pk__in=run_ids).exclude(status__in=models.ENDED).exists()
