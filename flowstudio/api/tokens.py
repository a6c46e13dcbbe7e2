"""API tokens of the signed-in person. A token cannot make tokens: it would give itself more scopes."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from flowstudio.api import shapes
from flowstudio.api.openapi import operation, page_of
from flowstudio.api.pages import paged
from flowstudio.api.problems import Refused, error_at
from flowstudio.api.views import ApiView
from flowstudio.models import ApiToken
from flowstudio.tokens import create_token

TAG = "tokens"


def _json(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.pk,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "created": token.created,
        "expires": token.expires,
        "last_used": token.last_used,
    }


def _of(user: Any) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user, revoked__isnull=True)


class Tokens(ApiView):
    session_only = True

    @operation(
        "tokens_list",
        "Your tokens that are not revoked",
        {200: page_of(shapes.Token, "TokenPage")},
        query=shapes.PageQuery,
        tag=TAG,
    )
    def get(self, request: Request) -> Response:
        self.query(shapes.PageQuery)
        found = _of(request.user)
        return paged(request, found, lambda page: list(map(_json, page)), ordering=("-id",))

    @operation(
        "tokens_create",
        "Create a token; its secret is shown this once",
        {201: shapes.NewToken},
        body=shapes.TokenBody,
        tag=TAG,
    )
    def post(self, request: Request) -> Response:
        given = self.body(shapes.TokenBody)
        expires = given.get("expires")
        if expires is not None and expires <= timezone.now():
            message = "This time is over; the token would never work."
            raise Refused(400, "invalid", message, [error_at(["expires"], message)])
        token, secret = create_token(request.user, given["name"], sorted(set(given["scopes"])), expires)
        return Response({**_json(token), "token": secret}, status=201)


class TokenItem(ApiView):
    session_only = True

    @operation("tokens_revoke", "Revoke a token, at once and for good", {204: None}, problem=(404,), tag=TAG)
    def delete(self, request: Request, token_id: int) -> Response:
        if not _of(request.user).filter(pk=token_id).update(revoked=timezone.now()):
            raise Http404
        return Response(status=204)
