"""E-mail by SMTP: plain text, UTF-8, one message to one person."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import parseaddr
from typing import Any

from hotline.channels import texts
from hotline.channels.guarded import Timeout, at_most
from workflows.delivery import Failure, Letter, Parcel, Sent

#: Seconds for each answer, and for a whole message.
ANSWER, PATIENCE = 5.0, 15.0


class Connection(smtplib.SMTP):
    """An SMTP connection whose socket is known from its first byte on, also where TLS comes first."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        super().__init__(timeout=ANSWER)
        self.tls = tls
        self.kept: Any = None

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        self.kept = super()._get_socket(host, port, timeout)
        if self.tls is not None:
            self.kept = self.tls.wrap_socket(self.kept, server_hostname=host)
        return self.kept


@dataclass(frozen=True)
class Email:
    """A mail server and how it is spoken to. `security` is none, starttls or tls."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Email:
        """The server the settings name."""
        return cls(config["SMTP_HOST"], config["SMTP_PORT"], config["SMTP_SECURITY"], config["SMTP_USER"],
                   config["SMTP_PASSWORD"], config["SMTP_FROM"])

    def write(self, parcel: Parcel) -> Letter:
        """Subject and text."""
        return texts.email(parcel)

    def send(self, letter: Letter) -> Sent | Failure:
        """Hand it to the server. What it refuses for good is not sent again; a refusal of ourselves may mend."""
        try:
            self._hand_over(_composed(letter, self.sender))
        except Timeout:
            return Failure("no answer in time")
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            return Failure(f"SMTP {codes[0]} recipient", permanent=all(code >= 500 for code in codes))
        except smtplib.SMTPDataError as refused:
            return Failure(f"SMTP {refused.smtp_code}", permanent=refused.smtp_code >= 500)
        except smtplib.SMTPResponseException as refused:
            return Failure(f"{type(refused).__name__} {refused.smtp_code}")
        except (OSError, smtplib.SMTPException, ValueError) as problem:
            return Failure(type(problem).__name__)
        return Sent()

    def _hand_over(self, message: EmailMessage) -> None:
        context = ssl.create_default_context() if self.security != "none" else None
        with closing(Connection(context if self.security == "tls" else None)) as server:
            with at_most(PATIENCE, server, "kept"):
                server.connect(self.host, self.port)
                if self.security == "starttls":
                    server._host = self.host  # the name its certificate must have
                    server.starttls(context=context)
                    server.kept = server.sock
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(message)
            with suppress(OSError, smtplib.SMTPException):  # it has been taken; a missing farewell changes nothing
                server.quit()


def _composed(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP_POLICY)
    domain = parseaddr(sender)[1].partition("@")[2]
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Message-ID"] = f"<{letter.key.replace(':', '.')}@{domain}>"
    message["Date"] = letter.at
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(letter.body)
    return message
