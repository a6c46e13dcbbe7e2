"""Who is calling."""

from django.middleware.csrf import get_token
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import shapes, workflow_json
from flowstudio.api.openapi import operation
from flowstudio.api.views import ApiView


class Me(ApiView):
    @operation("me_read", "The person behind this session or token", {200: shapes.Me}, tag="me")
    def get(self, request: Request) -> Response:
        return Response(
            {
                **(workflow_json.person(request.user) or {}),
                "is_superuser": request.user.is_superuser,
                "may_create_workflows": request.user.has_perm("flowstudio.add_workflow"),
                "csrf_token": get_token(request._request),
            }
        )
