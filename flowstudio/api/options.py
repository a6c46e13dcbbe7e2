"""The lists from which fields of a form are chosen."""

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import shapes
from flowstudio.api.openapi import operation
from flowstudio.api.views import ApiView
from flowstudio.runs import options


class Options(ApiView):
    @operation(
        "options_list",
        "What a field with this list may hold, as you may choose it",
        {200: shapes.OptionList},
        problem=(404,),
        tag="plugins",
    )
    def get(self, request: Request, name: str) -> Response:
        if name not in options.LISTS:
            raise Http404
        return Response({"results": [option._asdict() for option in options.LISTS[name](request.user)]})
