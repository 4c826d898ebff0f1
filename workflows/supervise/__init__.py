"""督办: the clocks are watched, whoever must know is told, and units are made to account for themselves in writing."""

from workflows.supervise.chasing import chase
from workflows.supervise.instructing import instruct
from workflows.supervise.orders import answer_order, supervise
from workflows.supervise.sweeping import sweep

__all__ = ["answer_order", "chase", "instruct", "supervise", "sweep"]
