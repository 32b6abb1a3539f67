"""What every platform's handler is given: the open ledger, and all that the answers are made with."""

from __future__ import annotations

from dataclasses import field

from bot.calibration import Calibration
from bot.config import Settings
from bot.prompting import Model
from bot.questions import Place
from bot.records import record
from bot.remembered import Remembered
from bot.store.ledger import Ledger
from bot.views import View, now
from handlers.busy import Busy
from handlers.fetching import Fetcher
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
    busy: Busy = field(default_factory=Busy)
    model: Model | None = None
    """The language model; None where none is configured."""
    remembered: Remembered = field(default_factory=Remembered)
    fetcher: Fetcher | None = None
    """What fetches the addresses that people name; None: as the settings say."""

    def view(self, place: Place) -> View:
        """Return what somebody who asks in `place` may see at present."""
        return now(self.workspace(place))

    def workspace(self, place: Place) -> str:
        """Return the workspace to which `place` belongs."""
        return self.settings.workspace_of(place.platform, place.tenant)


class StartError(Exception):
    """A platform cannot be started as it is set up: one sentence that says what to do. Exit code 69."""
