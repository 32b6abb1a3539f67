"""What a reader may see, as one condition that stands inside every query of a reader.

What it asks for is filled in from a `bot.views.View`.
"""

from __future__ import annotations

from typing import Final

VISIBLE: Final = (
    "claim.state = 'vetted' AND (claim.embargo_until IS NULL OR claim.embargo_until <= :today)"
    " AND claim.workspace IN ('', :workspace)"
)
"""For queries over the table `claim`; the values are those of `View.values`."""
