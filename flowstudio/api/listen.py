"""Listen for a test event: the next real call of a draft's webhook runs the draft."""

from uuid import UUID

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import access, shapes
from flowstudio.api.events import row
from flowstudio.api.fire import draft_or_given
from flowstudio.api.openapi import operation
from flowstudio.api.views import ApiView
from flowstudio.models import Role
from flowstudio.runs import listening, reading, writer
from flowstudio.runs.times import iso

TAG = "webhooks"


class Listen(ApiView):
    @operation(
        "webhooks_listen",
        "Let the next call of a webhook of the draft run the draft, for five minutes",
        {200: shapes.Listening},
        body=shapes.ListenBody,
        problem=(404, 422),
        problem_shapes={422: shapes.GraphProblemDocument},
        tag=TAG,
    )
    def post(self, request: Request, workflow_id: UUID) -> Response:
        workflow = access.workflow(request.user, workflow_id, Role.RUN)
        given = self.body(shapes.ListenBody)
        graph = draft_or_given(request.user, workflow, given)
        started = writer.run(listening.start, workflow, graph, given["node"], request.user)
        address = reverse("flowstudio:webhook", kwargs={"path": started.path})
        return Response({"expires": iso(started.expires), "url": request.build_absolute_uri(address)})

    @operation(
        "webhooks_heard",
        "What was heard since listening began",
        {200: shapes.Heard},
        query=shapes.NodeQuery,
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request, workflow_id: UUID) -> Response:
        workflow = access.workflow(request.user, workflow_id, Role.RUN)
        heard = listening.state(workflow, self.query(shapes.NodeQuery)["node"])
        if heard is None:
            return Response({"event": None, "run": None, "expires": None})
        shown = access.with_payloads(request.user)
        return Response(
            {
                "event": row(request.user, heard.event, shown) if heard.event else None,
                "run": reading.run_json(heard.run, payloads=workflow.pk in shown) if heard.run else None,
                "expires": iso(heard.expires),
            }
        )

    @operation(
        "webhooks_stop_listening",
        "Stop listening",
        {204: None},
        query=shapes.NodeQuery,
        problem=(404,),
        tag=TAG,
    )
    def delete(self, request: Request, workflow_id: UUID) -> Response:
        workflow = access.workflow(request.user, workflow_id, Role.RUN)
        writer.run(listening.stop, workflow, self.query(shapes.NodeQuery)["node"])
        return Response(status=204)
