"""How messages leave the building: leased, sent outside any transaction, tried again, given up visibly."""

from workflows.delivery.answers import note_answers
from workflows.delivery.bulletins import tell_bulletins
from workflows.delivery.digest import digest
from workflows.delivery.parcel import Failure, Letter, Parcel, Sender, Sent, carriers, install
from workflows.delivery.relay import deliver

__all__ = [
    "Failure", "Letter", "Parcel", "Sender", "Sent", "carriers", "deliver", "digest", "install", "note_answers",
    "tell_bulletins",
]
