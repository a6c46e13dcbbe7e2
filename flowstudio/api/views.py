"""What all our views share. Every class is set here, so that a host's DRF defaults do not matter."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.schemas.inspectors import ViewInspector
from rest_framework.views import APIView

from flowstudio.api import media, problems
from flowstudio.api.authentication import BearerAuthentication, CanBeCalled, SessionAuthentication, TokenScope
from flowstudio.api.shapes import Body


class ApiView(APIView):
    renderer_classes = [media.JSONRenderer]
    parser_classes = [media.JSONParser]
    authentication_classes = [BearerAuthentication, SessionAuthentication]
    permission_classes = [CanBeCalled, TokenScope]
    throttle_classes = []
    content_negotiation_class = media.AlwaysJSON
    metadata_class = None
    versioning_class = None
    schema: ViewInspector | None = AutoSchema()

    session_only = False  # tokens have no access, whatever their scopes
    write_scopes: tuple[str, ...] = ("write",)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Never inside a host's ATOMIC_REQUESTS: the writer thread would wait for our own lock."""
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    def get_exception_handler(self) -> Any:
        return problems.respond

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
            # DRF takes a chunked body, which announces no length, for an empty one
            request.META["CONTENT_LENGTH"] = str(media.settings.MAX_BODY_BYTES)
        return super().initialize_request(request, *args, **kwargs)

    def body(self, shape: type[Body], **options: Any) -> Any:
        """The request's body, checked against its declared shape."""
        serializer = shape(data=self.request.data, **options)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def query(self, shape: type[Body]) -> Any:
        """The query string, checked the same way: a bad filter is an error, never ignored."""
        given = {key: value for key, value in self.request.query_params.items() if value != ""}
        serializer = shape(data=given)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class Unknown(ApiView):
    """Any other address below `api/`: a problem document, not a host's HTML page."""

    schema = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.http_method_names = [(request.method or "").lower()]
        setattr(self, self.http_method_names[0], self._unknown)
        return super().dispatch(request, *args, **kwargs)

    def _unknown(self, request: Request, rest: str) -> Response:
        hint = "" if rest.endswith("/") else " Addresses of the API end with a slash."
        raise problems.Refused(404, "not_found", f"There is no address api/{rest}.{hint}")
