"""Events: take them at the door, and show them with the runs they started."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponseBase
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import accepting, access, answers, media, shapes
from flowstudio.api.openapi import operation, page_of
from flowstudio.api.pages import paged
from flowstudio.api.views import ApiView
from flowstudio.conf import settings
from flowstudio.models import ENDED, Event, EventQuerySet, Run
from flowstudio.runs import events, graphs, reading, waiting, writer
from flowstudio.runs.events import Accepted

TAG = "events"
SUBMITS = "run_in_background"
ID_SECONDS = 5.0

BRANCHES = Prefetch("children", Run.objects.filter(call=0))

ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="AcceptedOneOrMany",
    serializers=[shapes.Accepted, shapes.Accepted(many=True)],
    resource_type_field_name=None,
    many=False,
)
EVENT_BODIES = {
    "application/json": PolymorphicProxySerializer(
        component_name="EventOrEvents",
        serializers=[shapes.EventBody, shapes.EventBody(many=True)],
        resource_type_field_name=None,
        many=False,
    ),
    "application/cloudevents+json": shapes.CloudEventBody,
    "application/cloudevents-batch+json": shapes.CloudEventBody(many=True),
}


class Events(ApiView):
    parser_classes = [media.JSONParser, media.CloudEventParser, media.CloudEventBatchParser]
    write_scopes = ("events", "write")

    @operation(
        "events_list",
        "Events, newest first",
        {200: page_of(shapes.EventShape, "EventPage")},
        query=shapes.EventQuery,
        tag=TAG,
    )
    def get(self, request: Request) -> Response:
        wanted = self.query(shapes.EventQuery)
        found = _seen_by(request.user).listed().filter(**_filters(wanted))
        return paged(request, found, lambda page: _rows(request.user, page), ordering=("-id",))

    @operation(
        "events_send",
        "Send an event, a list of events, or CloudEvents",
        {202: ONE_OR_MANY, 200: ONE_OR_MANY},
        body=EVENT_BODIES,
        query=shapes.WaitQuery,
        problem=(422,),
        tag=TAG,
    )
    def post(self, request: Request) -> HttpResponseBase:
        wait = self.query(shapes.WaitQuery).get("wait")
        new, is_list = accepting.events_in(request)
        accepted: list[Accepted] = writer.run(_accept_all, new, request.user, request.auth)
        runs = [run for each in accepted for run in each.runs]
        if wait is None:
            waiting.wait_for_children([run.pk for run in runs if _submits_at_once(run)], ID_SECONDS)
            return _accepted_answer(accepted, is_list, 202)
        seconds, ids = min(wait, settings.MAX_WAIT_SECONDS), [run.pk for run in runs]
        if not is_list and (answered := waiting.wait_for_answer(ids, seconds)):
            return answers.response_of(bytes(answered.answer or b""))
        ended = all(run.status in ENDED for run in waiting.wait_for_end(ids, seconds if is_list else 0))
        return _accepted_answer(accepted, is_list, 200 if ended else 202)


def _accept_all(new: Iterable[events.NewEvent], user: Any, token: Any) -> list[Accepted]:
    """One job of the writer: all of a list is stored, or nothing."""
    return [events.accept(each, user=user, token=token) for each in new]


def _submits_at_once(run: Run) -> bool:
    """Does a Run in background node stand right behind the trigger? Its caller wants the branch's id."""
    graph = graphs.graph_of(run.snapshot_id)
    next_nodes = {edge.target for edge in graph.edges if edge.source == run.start_node}
    return any(node.plugin == SUBMITS for node in graph.nodes if node.id in next_nodes)


def _accepted_answer(accepted: list[Accepted], is_list: bool, status: int) -> Response:
    found = _accepted_json(accepted)
    return Response(found if is_list else found[0], status=status)


def _accepted_json(accepted: list[Accepted]) -> list[dict[str, Any]]:
    ids = [run.pk for each in accepted for run in each.runs]
    runs = Run.objects.select_related("workflow").prefetch_related(BRANCHES).in_bulk(ids)
    return [
        {
            "event": {
                "id": str(each.event.pk),
                "event_id": each.event.event_id,
                "type": each.event.type,
                "source": each.event.source,
            },
            "runs": [_accepted_run(runs[run.pk]) for run in each.runs if run.pk in runs],
            "duplicate": each.duplicate,
        }
        for each in accepted
    ]


def _accepted_run(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "workflow": str(run.workflow_id),
        "workflow_name": run.workflow.name,
        "status": run.status,
        "background_runs": [str(child.pk) for child in run.children.all()],
    }


class EventItem(ApiView):
    @operation(
        "events_read",
        "An event with its properties and the runs it started",
        {200: shapes.EventDetail},
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, event_id: UUID) -> Response:
        event = _seen_by(request.user).filter(pk=event_id).first()
        if event is None:
            raise Http404
        found = reading.event_json(event, whole=True)
        if not _may_see_properties(request.user, event, access.with_payloads(request.user)):
            found["properties"] = None
        return Response(found)


def _seen_by(user: Any) -> EventQuerySet:
    """A person's own events, and those that started or came from a run of a workflow they see."""
    runs = Run.objects.for_user(user)
    seen = Event.objects.order_by().prefetch_related(Prefetch("runs", runs.order_by("queued", "id")))
    if user.is_superuser:
        return seen
    return seen.filter(Q(user=user) | Q(pk__in=runs.values("event")) | Q(run__in=runs.values("pk")))


def _rows(user: Any, page: list[Event]) -> list[dict[str, Any]]:
    shown = access.with_payloads(user)
    return [row(user, event, shown) for event in page]


def row(user: Any, event: Event, shown: set[UUID]) -> dict[str, Any]:
    """An event as lists show it; ``shown``: the workflows whose payloads ``user`` may see."""
    found = reading.event_json(event, whole=False)
    if not _may_see_properties(user, event, shown):
        found["properties"] = None
    return found


def _may_see_properties(user: Any, event: Event, shown: set[UUID]) -> bool:
    if user.is_superuser or event.user_id == user.pk:
        return True
    workflows = {run.workflow_id for run in event.runs.all()}
    if event.run is not None:
        workflows.add(event.run.workflow_id)
    return bool(workflows & shown)


def _filters(wanted: dict[str, Any]) -> dict[str, Any]:
    columns = {"since": "received__gte", "until": "received__lte"}
    return {
        columns.get(name, name): value
        for name, value in wanted.items()
        if name not in ("cursor", "page_size")
    }
