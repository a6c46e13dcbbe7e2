"""Send email, through Django's own mail backends."""

import django
import pytest

from flowstudio.testing import run_plugin
from plugins.messages.send_email import SendEmail

MAIL = {
    "to": "{{ payload.email }}",
    "subject": "Order {{ payload.id }}",
    "body": "Thank you, {{ payload.name }}.",
}
PAYLOAD = {"email": "ada@example.com", "id": 7, "name": "Ada"}


@pytest.fixture
def use_backend(settings):
    """Chooses the mail backend, in the way of this Django."""

    def use(name, **options):
        backend = f"django.core.mail.backends.{name}.EmailBackend"
        if django.VERSION >= (6, 1):
            settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        else:
            settings.EMAIL_BACKEND = backend
            for option, value in options.items():
                setattr(settings, f"EMAIL_{option.upper()}", value)

    return use


def test_the_mail_is_sent_and_the_payload_goes_on(mailoutbox, settings):
    settings.DEFAULT_FROM_EMAIL = "shop@example.com"
    result = run_plugin(SendEmail, MAIL, PAYLOAD)

    [mail] = mailoutbox
    assert (mail.to, mail.subject, mail.body) == (["ada@example.com"], "Order 7", "Thank you, Ada.")
    assert mail.from_email == "shop@example.com"
    assert result.outputs == {"payload": PAYLOAD}
    assert result.log == ["Sent to ada@example.com: Order 7"]


def test_several_recipients_and_a_sender(mailoutbox):
    run_plugin(SendEmail, {**MAIL, "to": "a@example.com, b@example.com", "sender": "c@example.com"}, PAYLOAD)

    assert mailoutbox[0].to == ["a@example.com", "b@example.com"]
    assert mailoutbox[0].from_email == "c@example.com"


def test_a_second_copy_after_a_crash_has_the_same_message_id(mailoutbox):
    run_plugin(SendEmail, MAIL, PAYLOAD)
    run_plugin(SendEmail, MAIL, PAYLOAD)

    first, again = (mail.message()["Message-ID"] for mail in mailoutbox)
    assert first == again


def test_without_a_mail_server_the_mail_is_printed_and_logged(use_backend, capsys):
    use_backend("console")
    result = run_plugin(SendEmail, MAIL, PAYLOAD)

    assert "Subject: Order 7" in capsys.readouterr().out
    assert "No mail server is set up" in result.log[1]
    assert "Thank you, Ada." in result.log[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"to": " , "}, "To holds no address."),
        ({"to": "nobody"}, "To holds something that is no mail address: 'nobody'."),
        ({"subject": "{{ 'a\\nBcc: x@example.com' }}"}, "Subject must be one line."),
    ],
)
def test_a_mail_that_cannot_be_addressed_is_an_error(mailoutbox, change, said):
    result = run_plugin(SendEmail, {**MAIL, **change}, PAYLOAD)

    assert result.error == said
    assert mailoutbox == []


def test_a_mail_server_that_is_not_there_is_an_error(use_backend):
    use_backend("smtp", host="127.0.0.1", port=1)

    assert run_plugin(SendEmail, MAIL, PAYLOAD).error.startswith("The mail was not sent:")
