"""What every platform's handler is given: the open ledger, and all that the answers are made with."""

from __future__ import annotations

from bot.calibration import Calibration
from bot.config import Settings
from bot.records import record
from bot.store.ledger import Ledger
from handlers.limits import Limiter
from handlers.metrics import Metrics


@record
class Services:
    """One process's shared parts; whoever made them closes them."""

    settings: Settings
    ledger: Ledger
    calibration: Calibration
    limits: Limiter
    metrics: Metrics


class StartError(Exception):
    """A platform cannot be started as it is set up: one sentence that says what to do. Exit code 69."""
