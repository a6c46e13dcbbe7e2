"""The OpenAPI document of the API and a page that shows it, from our own files, clean under our CSP."""

from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, Final

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio import __version__, models
from flowstudio.api.openapi import operation
from flowstudio.api.views import ApiView
from flowstudio.tokens import SCOPES

MEDIA_TYPE: Final = "application/vnd.oai.openapi+json"
DESCRIPTION: Final = """\
Draw, test and run workflows. Browsers use their session and the CSRF token, programs
`Authorization: Bearer <token>`. Every error is a problem document (RFC 9457). Lists are pages:
follow `next` until it is null. Times are ISO 8601 in UTC, durations seconds.
"""

SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "FlowStudio",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": __version__,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX_INSERT": "/api",
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "Status": models.Status.choices,
        "Reason": models.Reason.choices,
        "Kind": models.Kind.choices,
        "Recording": models.Recording.choices,
        "Role": models.Role.choices,
        "Scope": [(scope, scope) for scope in SCOPES],
    },
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums"],
    "SERVERS": [],
    "TAGS": [],
    "SECURITY": [],
    "APPEND_COMPONENTS": {},
}

# What the page loads; the names are a closed list, never a path from the address
SWAGGER: Final = (
    Path(str(files("drf_spectacular_sidecar"))) / "static/drf_spectacular_sidecar/swagger-ui-dist"
)
_LOCK: Final = Lock()  # drf-spectacular's settings belong to the whole process
START: Final = "start.js"
DIST: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


def document(base: str = "/") -> dict[str, Any]:
    """The OpenAPI document; ``base`` is the address a host mounted us at."""
    with _LOCK, patched_settings({**SETTINGS, "SERVERS": [{"url": base.rstrip("/") or "/"}]}):
        generator = SchemaGenerator(urlconf="flowstudio.api.urls")
        found: dict[str, Any] = generator.get_schema(request=None, public=True)
    return found


class Schema(ApiView):
    made: ClassVar[dict[str, dict[str, Any]]] = {}
    """Made once per process and address: it describes classes, which do not change while it runs."""

    @operation("schema_read", "This document", {(200, MEDIA_TYPE): {"type": "object"}}, tag="schema")
    def get(self, request: Request) -> Response:
        base = reverse("flowstudio:workflows")
        if base not in self.made:
            self.made[base] = document(base)
        return Response(self.made[base], content_type=MEDIA_TYPE)


class Page(ApiView):
    """The document for people, by Swagger UI."""

    schema = None

    def get(self, request: Request) -> HttpResponse:
        return render(request._request, "flowstudio/api_docs.html")


class PageFile(ApiView):
    schema = None

    def get(self, request: Request, name: str) -> HttpResponseBase:
        if name == START:
            return render(request._request, "flowstudio/api_docs.js", content_type="text/javascript")
        if name not in DIST:
            raise Http404
        response = FileResponse((SWAGGER / name).open("rb"), content_type=DIST[name])
        response["Cache-Control"] = "private, max-age=86400"
        return response
