"""Signed webhook calls: what is taken and what is refused."""

import base64
import hashlib
import hmac
from types import SimpleNamespace

import pytest
from django.http.request import HttpHeaders

from flowstudio.api import signatures

NOW = 1_700_000_000
BODY = b'{"a": 1}'
SECRET = "whsec_" + base64.b64encode(b"standard secret").decode()


def config(signature, secret, header="X-Hub-Signature-256"):
    return SimpleNamespace(signature=signature, secret=secret, signature_header=header)


def headers(**given):
    return HttpHeaders({f"HTTP_{name.upper()}": value for name, value in given.items()})


def github(body=BODY, secret="s3cret"):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard(message="msg_1", sent=NOW, body=BODY, key=b"standard secret"):
    digest = hmac.new(key, f"{message}.{sent}.".encode() + body, hashlib.sha256).digest()
    return headers(
        webhook_id=message,
        webhook_timestamp=str(sent),
        webhook_signature="v1," + base64.b64encode(digest).decode(),
    )


def taken(config, headers, body=BODY):
    return signatures.check(config, headers, body, NOW)


def refused(config, headers, body=BODY):
    with pytest.raises(signatures.SignatureRefused) as refusal:
        taken(config, headers, body)
    return str(refusal.value)


def test_without_a_signature_every_call_is_taken():
    assert taken(config("none", ""), headers()) is None


def test_githubs_own_example_is_taken():
    body, secret = b"Hello, World!", "It's a Secret to Everybody"
    given = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    taken(config("github", secret), headers(x_hub_signature_256=given), body)


def test_githubs_delivery_is_the_message_id():
    given = headers(x_hub_signature_256=github(), x_github_delivery="72d3162e")

    assert taken(config("github", "s3cret"), given) == "72d3162e"


def test_the_header_of_the_signature_can_be_another_one():
    taken(config("github", "s3cret", "X-Shop-Hmac"), headers(x_shop_hmac=github()))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "X-Hub-Signature-256 with the signature is missing"),
        ({"x_hub_signature_256": github(b'{"a": 2}')}, "does not fit"),
        ({"x_hub_signature_256": github(secret="guess")}, "does not fit"),
        ({"x_hub_signature_256": github().removeprefix("sha256=")}, "does not fit"),
        ({"x_hub_signature_256": f"{github()},{github()}"}, "does not fit"),  # the header sent twice
        ({"x_hub_signature_256": "sha256=ümlaut"}, "does not fit"),
    ],
)
def test_a_call_that_github_did_not_sign_is_refused(given, said):
    assert said in refused(config("github", "s3cret"), headers(**given))


def test_a_standard_webhook_is_taken_and_its_id_is_the_message_id():
    assert taken(config("standard", SECRET), standard()) == "msg_1"


def test_a_secret_without_prefix_is_the_text_itself():
    assert taken(config("standard", "plain"), standard(key=b"plain")) == "msg_1"


def test_one_of_several_signatures_must_fit():
    given = standard()
    both = headers(
        webhook_id="msg_1",
        webhook_timestamp=str(NOW),
        webhook_signature=f"v1,AAAA v2,BBBB {given['webhook-signature']}",
    )

    assert taken(config("standard", SECRET), both) == "msg_1"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_call_out_of_the_five_minutes_is_refused(seconds):
    assert "300 seconds off" in refused(config("standard", SECRET), standard(sent=NOW + seconds))
    assert taken(config("standard", SECRET), standard(sent=NOW + seconds // 301 * 300))


@pytest.mark.parametrize("sent", ["", "soon", "-5", "1e9", "١٢٣"])
def test_a_time_that_is_none_is_refused(sent):
    refused(config("standard", SECRET), standard(sent=sent))


def test_id_time_and_body_are_all_signed():
    given = standard()
    other_id = headers(
        webhook_id="msg_2", webhook_timestamp=str(NOW), webhook_signature=given["webhook-signature"]
    )

    assert "does not fit" in refused(config("standard", SECRET), other_id)
    assert "does not fit" in refused(config("standard", SECRET), given, b'{"a": 2}')
    assert "does not fit" in refused(config("standard", SECRET), standard(key=b"another"))


def test_a_secret_that_cannot_be_read_refuses_everything():
    assert "own secret" in refused(config("standard", "whsec_%%%"), standard())
