"""Runs: the list, one with its graph and tree, its trace, one step with whole payloads, cancelling."""

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import access, shapes
from flowstudio.api.openapi import operation, page_of
from flowstudio.api.pages import paged
from flowstudio.api.views import ApiView
from flowstudio.models import Role, Run, Step
from flowstudio.runs import graphs, reading, submit, writer

TAG = "runs"
MAX_STEPS = 1_000  # in one answer; the next begins after its `seq`

COLUMNS = {"event_type": "event__type", "since": "queued__gte", "until": "queued__lte"}


class Runs(ApiView):
    @operation(
        "runs_list",
        "Runs, newest first",
        {200: page_of(shapes.RunShape, "RunPage")},
        query=shapes.RunQuery,
        tag=TAG,
    )
    def get(self, request: Request) -> Response:
        wanted = self.query(shapes.RunQuery)
        found = reading.runs_for_reading(Run.objects.for_user(request.user)).filter(**_filters(wanted))
        shown = access.with_payloads(request.user)
        return paged(
            request,
            found,
            lambda page: [reading.run_json(run, payloads=run.workflow_id in shown) for run in page],
            ordering=("-id",),
        )


def _filters(wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        COLUMNS.get(name, name): value
        for name, value in wanted.items()
        if name not in ("cursor", "page_size")
    }


class RunItem(ApiView):
    @operation(
        "runs_read",
        "A run with its graph and its whole tree",
        {200: shapes.RunDetail},
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        run = access.run(request.user, run_id)
        shown = access.with_payloads(request.user)
        rows = reading.runs_for_reading(Run.objects.for_user(request.user).filter(root=run.root_id))
        tree = [reading.run_json(each, payloads=each.workflow_id in shown) for each in rows.order_by("id")]
        return Response(
            {
                **next(each for each in tree if each["id"] == str(run.pk)),  # read at the same moment
                "graph": graphs.graph_of(run.snapshot_id).to_document(),
                "tree": tree,
            }
        )


class Steps(ApiView):
    @operation(
        "runs_steps",
        "The steps that changed after a position",
        {200: shapes.StepsAfter},
        query=shapes.StepsQuery,
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        run = access.run(request.user, run_id)
        after = self.query(shapes.StepsQuery)["after"]
        steps = reading.steps_after([run.pk], {run.pk: after}, limit=MAX_STEPS)
        payloads = access.sees_payloads(request.user, run.workflow)
        return Response(
            {
                "results": [reading.step_json(step, payloads=payloads) for step in steps],
                "seq": steps[-1].seq if steps else after,
            }
        )


class StepItem(ApiView):
    @operation(
        "runs_step",
        "A step with its whole payloads",
        {200: shapes.StepDetail},
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, run_id: UUID, step_id: UUID) -> Response:
        run = access.run(request.user, run_id, Role.PAYLOADS)
        step = Step.objects.filter(run=run, pk=step_id).first()
        if step is None:
            raise Http404
        return Response(reading.step_json(step, summaries_only=False))


class CancelRun(ApiView):
    @operation(
        "runs_cancel",
        "Cancel a run and all that it began or called; one that has ended stays as it is",
        {202: shapes.RunShape},
        problem=(404,),
        tag=TAG,
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        run = access.run(request.user, run_id, Role.RUN)
        cancelled = writer.run(submit.cancel, run)
        payloads = access.sees_payloads(request.user, run.workflow)
        return Response(reading.run_json(cancelled, payloads=payloads), status=202)
