"""Is a webhook's call signed by someone who knows its secret? HMAC-SHA256 in two common forms."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final

WINDOW_SECONDS: Final = 300


class SignatureRefused(Exception):
    """A call that is not signed as its webhook wants it; the text is for the caller."""


def check(config: Any, headers: Mapping[str, str], body: bytes, now: float) -> str | None:
    """The id under which the sender knows the message, where it gave one; raises SignatureRefused.

    ``headers`` finds names in any case. The id of the Standard Webhooks form is signed: a copy of the
    call carries the same one, so it can be told from a new call.
    """
    if config.signature == "standard":
        return _standard(config.secret, headers, body, now)
    if config.signature == "github":
        _github(config, headers, body)
    return headers.get("x-github-delivery")


def _github(config: Any, headers: Mapping[str, str], body: bytes) -> None:
    given = headers.get(config.signature_header, "")
    if not given:
        raise SignatureRefused(f"The header {config.signature_header} with the signature is missing.")
    digest = hmac.new(config.secret.encode(), body, hashlib.sha256).hexdigest()
    if not _same(f"sha256={digest}", given.strip()):
        raise SignatureRefused("The signature does not fit the body.")


def _standard(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    message, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (message and sent and headers.get("webhook-signature")):
        raise SignatureRefused("webhook-id, webhook-timestamp and webhook-signature are needed.")
    if not (sent.isascii() and sent.isdigit()) or abs(now - int(sent)) > WINDOW_SECONDS:
        raise SignatureRefused(f"The call's time is more than {WINDOW_SECONDS} seconds off.")
    digest = hmac.new(_key(secret), f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    if not any(_same(expected, given) for given in headers["webhook-signature"].split()):
        raise SignatureRefused("The signature does not fit the message.")
    return message


def _key(secret: str) -> bytes:
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise SignatureRefused("The webhook's own secret is not readable; open its settings.") from None


def _same(expected: str, given: str) -> bool:
    """In constant time: the time of a refusal must not tell how much of a guess was right."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))
