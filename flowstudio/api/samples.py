"""Samples: the saved test events of a workflow."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import access, shapes
from flowstudio.api.openapi import operation, page_of
from flowstudio.api.pages import paged
from flowstudio.api.problems import Refused, error_at
from flowstudio.api.views import ApiView
from flowstudio.engine import values
from flowstudio.models import Role, Sample, Workflow

TAG = "samples"


def _json(sample: Sample) -> dict[str, Any]:
    return {
        "id": sample.pk,
        "workflow": str(sample.workflow_id),
        "name": sample.name,
        "event_type": sample.event_type,
        "properties": values.loads(bytes(sample.properties)),
    }


def _seen_by(user: Any) -> QuerySet[Sample]:
    return Sample.objects.filter(workflow__in=Workflow.objects.for_user(user)).select_related("workflow")


def _save(sample: Sample, given: dict[str, Any]) -> dict[str, Any]:
    sample.name, sample.event_type = given["name"], given["event_type"]
    sample.properties = values.dumps(given["properties"])
    try:
        with transaction.atomic():
            sample.save()
    except IntegrityError as error:
        message = f"This workflow has a sample named {sample.name!r} already."
        raise Refused(400, "invalid", message, [error_at(["name"], message)]) from error
    return _json(sample)


class Samples(ApiView):
    @operation(
        "samples_list",
        "The samples of a workflow",
        {200: page_of(shapes.SampleBody, "SamplePage")},
        query=shapes.SampleQuery,
        problem=(404,),
        tag=TAG,
    )
    def get(self, request: Request) -> Response:
        workflow = access.workflow(request.user, self.query(shapes.SampleQuery)["workflow"])
        return paged(
            request, workflow.samples.all(), lambda page: list(map(_json, page)), ordering=("name", "id")
        )

    @operation(
        "samples_create",
        "Save a test event",
        {201: shapes.SampleBody},
        body=shapes.SampleBody,
        problem=(404,),
        tag=TAG,
    )
    def post(self, request: Request) -> Response:
        given = self.body(shapes.SampleBody)
        workflow = access.workflow(request.user, given["workflow"], Role.RUN)
        return Response(_save(Sample(workflow=workflow), given), status=201)


class SampleItem(ApiView):
    @operation("samples_read", "A sample", {200: shapes.SampleBody}, problem=(404,), tag=TAG)
    def get(self, request: Request, sample_id: int) -> Response:
        return Response(_json(self._sample(request, sample_id)))

    @operation(
        "samples_replace",
        "Save a sample anew",
        {200: shapes.SampleBody},
        body=shapes.SampleBody,
        problem=(404,),
        tag=TAG,
    )
    def put(self, request: Request, sample_id: int) -> Response:
        sample = self._sample(request, sample_id, Role.RUN)
        given = self.body(shapes.SampleBody)
        if given["workflow"] != sample.workflow_id:
            message = "A sample stays with its workflow; save a new one instead."
            raise Refused(400, "invalid", message, [error_at(["workflow"], message)])
        return Response(_save(sample, given))

    @operation("samples_delete", "Delete a sample", {204: None}, problem=(404,), tag=TAG)
    def delete(self, request: Request, sample_id: int) -> Response:
        self._sample(request, sample_id, Role.RUN).delete()
        return Response(status=204)

    def _sample(self, request: Request, sample_id: int, *roles: str) -> Sample:
        sample = _seen_by(request.user).filter(pk=sample_id).first()
        if sample is None:
            raise Http404
        access.require(request.user, sample.workflow, *roles)
        return sample
