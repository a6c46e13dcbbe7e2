"""Send a mail."""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from flowstudio.plugin import Field, NodeConfig, NodeFailed, Plugin, Port, Template


class SendEmail(Plugin):
    """Sends a text mail through the mail backend of this installation and passes the payload on.

    Where no mail server is set up (Django's console backend, the studio's default) the mail is only
    printed by the server and written to this step's log. The mail's Message-ID stays the same if the node
    runs again after a crash, so that mail servers can recognise the second copy.
    """

    name, group, icon = "Send email", "Messages", "mail"
    outputs = (Port("payload", "The payload, unchanged, once the mail was handed over."),)
    acts = "sends a mail"
    passes_payload = True
    required_resources = (
        "None to set up in FlowStudio: the mail server is that of the Django settings "
        "(`MAILERS`, or `EMAIL_BACKEND` and so on before Django 6.1)."
    )
    errors = {
        "No recipient": "*To* holds no address, or one that is none.",
        "Mail server": "The mail server could not be reached or refused the mail; the message is its own.",
    }

    class Config(NodeConfig):
        to: Template = Field(
            min_length=1,
            title="To",
            description="The addresses, separated by commas.",
            examples=["{{ event.properties.email }}", "ann@example.com, bob@example.com"],
        )
        subject: Template = Field(
            min_length=1,
            title="Subject",
            description="One line.",
            examples=["Your order {{ event.properties.id }}"],
        )
        body: Template = Field(
            default="",
            title="Body",
            description="The text of the mail.",
            json_schema_extra={"x-ui": {"multiline": True}},
        )
        sender: Template = Field(
            default="",
            title="From",
            description="The sender. Leave it empty for this installation's own (`DEFAULT_FROM_EMAIL`).",
            examples=["shop@example.com"],
        )

    def run(self, payload):
        mail = EmailMessage(
            subject=self._one_line(self.config.subject, "Subject"),
            body=self.config.body,
            from_email=self._one_line(self.config.sender, "From") or None,
            to=self._recipients(),
            headers={"Message-ID": self._message_id()},
        )
        try:
            mail.send()
        except OSError as error:  # smtplib's errors and those of the network
            raise NodeFailed(f"The mail was not sent: {error}") from error
        self._report(mail)
        return "payload", payload

    def _recipients(self):
        addresses = [part.strip() for part in self.config.to.split(",") if part.strip()]
        if not addresses:
            raise NodeFailed("To holds no address.")
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise NodeFailed(f"To holds something that is no mail address: {address!r}.") from None
        return addresses

    @staticmethod
    def _one_line(text, title):
        if "\n" in text or "\r" in text:
            raise NodeFailed(f"{title} must be one line.")
        return text.strip()

    def _message_id(self):
        return f"<{hashlib.sha256(self.context.idempotency_key.encode()).hexdigest()[:32]}@flowstudio>"

    def _report(self, mail):
        log = self.context.log
        log.info(f"Sent to {', '.join(mail.to)}: {mail.subject}")
        if _backend().endswith(".console.EmailBackend"):
            log.info(f"No mail server is set up, so the mail was only printed:\n{mail.body}")


def _backend():
    """The dotted path of the mail backend; MAILERS takes the place of EMAIL_BACKEND from Django 6.1 on."""
    mailers = getattr(settings, "MAILERS", None)
    return mailers["default"]["BACKEND"] if mailers else settings.EMAIL_BACKEND
