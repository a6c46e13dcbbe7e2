"""Webhooks: a call of a secret path becomes an event, and starts what listens there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from flowstudio.api import answers, problems, signatures
from flowstudio.api.media import BodyTooLarge
from flowstudio.conf import settings
from flowstudio.engine import values
from flowstudio.engine.errors import GraphInvalid
from flowstudio.engine.values import JSON
from flowstudio.models import Run, WebhookListener
from flowstudio.runs import graphs, listening, waiting, webhooks, writer
from flowstudio.runs.events import Accepted, EventRefused, NewEvent, accept

ANSWER_SECONDS: Final = 30.0
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
# Of a call's headers, those whose name holds one of these words may be credentials and are not kept.
SECRET_WORDS: Final = ("auth", "cookie", "csrf", "key", "password", "secret", "session", "signature", "token")


class CallRefused(Exception):
    """A call that is not taken, with the status and problem document it is answered."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status, self.code, self.detail = status, code, detail
        super().__init__(detail)


@csrf_exempt  # callers are programs: they have no session to abuse
@transaction.non_atomic_requests  # the event must be committed before its answer is waited for
def webhook(request: HttpRequest, path: str) -> HttpResponse:
    """Take a call of ``…/hooks/<path>/``."""
    try:
        return _take(request, path)
    except CallRefused as refused:
        return problems.plain(refused.status, refused.code, refused.detail)
    except EventRefused as refused:
        return problems.plain(422, refused.code, refused.message)
    except values.ValueRefused as refused:
        return problems.plain(400, "body_invalid", str(refused))


def _take(request: HttpRequest, path: str) -> HttpResponse:
    hooks, listeners = webhooks.called_at(path), list(listening.open_at(path))
    if not hooks and not listeners:
        raise CallRefused(404, "not_found", "No switched-on workflow listens here.")
    body = _read(request)
    message_ids = [_check(hook.config, request, body) for hook in hooks]
    properties, source = _properties(request, body), webhooks.source(path)
    for listener in listeners:
        _hear(listener, request, body, properties, strict=not hooks)
    if not hooks:
        return JsonResponse({"event": None, "duplicate": False}, status=202)
    new = NewEvent(hooks[0].config.event_type, properties, message_ids[0], source)
    accepted = writer.run(accept, new)
    answer = _answer(accepted.runs)
    return answers.response_of(answer) if answer else _accepted(accepted)


def _hear(
    listener: WebhookListener, request: HttpRequest, body: bytes, properties: JSON, *, strict: bool
) -> None:
    """Let an editor's draft have the call. What the draft refuses must not keep it from the published one."""
    config = listening.config(listener)
    try:
        _check(config, request, body)
        writer.run(
            listening.take,
            listener,
            NewEvent(config.event_type, properties, source=webhooks.source(config.path)),
        )
    except (CallRefused, EventRefused, GraphInvalid):
        if strict:
            raise


def _check(config: Any, request: HttpRequest, body: bytes) -> str | None:
    """The sender's id of the message, if the call is what this webhook takes."""
    if config is None:
        raise CallRefused(409, "webhook_invalid", "This webhook's settings have problems; open its node.")
    if request.method not in config.methods:
        raise CallRefused(405, "method_not_allowed", f"This webhook takes {', '.join(config.methods)}.")
    try:
        return signatures.check(config, request.headers, body, time.time())
    except signatures.SignatureRefused as refused:
        raise CallRefused(401, "signature_refused", str(refused)) from None


def _read(request: HttpRequest) -> bytes:
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        if announced <= settings.MAX_BODY_BYTES and len(request.body) <= settings.MAX_BODY_BYTES:
            return request.body
    except RequestDataTooBig:
        pass
    raise CallRefused(413, BodyTooLarge.default_code, str(BodyTooLarge().detail))


def _properties(request: HttpRequest, body: bytes) -> dict[str, JSON]:
    return {
        "method": request.method,
        "headers": {name.lower(): value for name, value in request.headers.items() if _may_be_kept(name)},
        "query": _plain(request.GET),
        "body": _parsed(request, body),
    }


def _may_be_kept(name: str) -> bool:
    return not any(word in name.lower() for word in SECRET_WORDS)


def _parsed(request: HttpRequest, body: bytes) -> JSON:
    """The body by its content type: one parser for each, and text for all the rest."""
    kind = request.content_type or ""
    if not body:
        return None
    if kind == "application/json" or kind.endswith("+json"):
        return _or_refuse(lambda: values.loads(body), "The body is not JSON as it is taken here")
    if kind in FORMS:
        form = _or_refuse(lambda: request.POST, "The form cannot be read")
        if request.FILES:
            raise CallRefused(415, "files_refused", "Files are not taken. Send JSON, a form or text.")
        return _plain(form)
    return _or_refuse(lambda: body.decode(), "The body is neither JSON, nor a form, nor UTF-8 text")


def _or_refuse(parse: Callable[[], Any], what: str) -> Any:
    try:
        return parse()
    except (ValueError, MultiPartParserError, SuspiciousOperation) as error:
        raise CallRefused(400, "body_invalid", f"{what}: {error}") from None


def _plain(query: QueryDict) -> dict[str, JSON]:
    """Names and texts; a name that stands there several times has a list."""
    return {name: found[0] if len(found) == 1 else found for name, found in query.lists()}


def _answer(runs: Sequence[Run]) -> bytes | None:
    """What a Respond node says, waited for if there may be one."""
    asked = [run.pk for run in runs if _may_answer(run)]
    if not asked:
        return None
    answered = waiting.wait_for_answer(asked, min(ANSWER_SECONDS, settings.MAX_WAIT_SECONDS))
    return bytes(answered.answer or b"") if answered else None


def _may_answer(run: Run) -> bool:
    return any(node.plugin == "respond" for node in graphs.graph_of(run.snapshot_id).nodes)


def _accepted(accepted: Accepted) -> JsonResponse:
    event = {"id": str(accepted.event.pk), "event_id": accepted.event.event_id}
    return JsonResponse({"event": event, "duplicate": accepted.duplicate}, status=202)
