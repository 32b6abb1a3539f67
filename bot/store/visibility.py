"""What a reader may see, as one condition that stands inside every query of a reader."""

from __future__ import annotations

from typing import Final

VISIBLE: Final = "claim.state = 'vetted' AND (claim.embargo_until IS NULL OR claim.embargo_until <= :today)"
"""For queries over the table `claim`; `:today` is the day of the question, `YYYY-MM-DD` in UTC."""
