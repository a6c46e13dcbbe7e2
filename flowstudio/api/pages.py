"""Lists come as pages that stay right while rows arrive: a cursor instead of a number."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api.problems import Refused, error_at


class Pages(CursorPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    cursor_query_param = "cursor"


def paged(
    request: Request,
    rows: QuerySet[Any],
    to_json: Callable[[list[Any]], list[Any]],
    ordering: tuple[str, ...],
) -> Response:
    """One page of ``rows`` as ``{"next", "previous", "results"}``."""
    pages = Pages()
    pages.ordering = ordering
    try:
        found = pages.paginate_queryset(rows, request) or []
    except (NotFound, ValidationError, ValueError) as unreadable:
        message = "This cursor is not one of ours; begin at the first page."
        raise Refused(400, "bad_cursor", message, [error_at(["cursor"], message)]) from unreadable
    return pages.get_paginated_response(to_json(list(found)))
