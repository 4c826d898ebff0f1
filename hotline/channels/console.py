"""The log instead of a channel: for development and rehearsals."""

from __future__ import annotations

from hotline.channels import texts
from hotline.logs import log
from workflows.delivery import Failure, Letter, Parcel, Sent


class Console:
    """Writes each message to the log, without the address."""

    def write(self, parcel: Parcel) -> Letter:
        """The words an e-mail would have."""
        return texts.email(parcel)

    def send(self, letter: Letter) -> Sent | Failure:
        """Log it."""
        log.info("notice", key=letter.key, subject=letter.subject, body=letter.body)
        return Sent()
