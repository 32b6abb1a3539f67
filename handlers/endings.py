"""How asking a language model ended, as a sentence for whoever runs it, and what mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.prompting import Outcome

SAID: Final[Mapping[Outcome, str]] = {
    Outcome.OK: "It answers in the form that was asked for",
    Outcome.OFF: "No model is named under [openai]",
    Outcome.RESTING: "It failed a moment ago and is left alone for a while",
    Outcome.OVER_BUDGET: "The tokens of the day are used up",
    Outcome.UNREACHABLE: "It cannot be reached",
    Outcome.TIMED_OUT: "It did not answer in time",
    Outcome.LIMITED: "It answers that it is asked too much",
    Outcome.SERVER_ERROR: "It answers with a fault of its own",
    Outcome.REFUSED_KEY: "It refuses the key",
    Outcome.BAD_REQUEST: "It does not take the question: it lacks the model, or the text is too long for it",
    Outcome.REFUSAL: "The model declines to answer",
    Outcome.CUT_OFF: "The answer was longer than the service lets it be",
    Outcome.NOT_JSON: "The model answers in prose, where JSON was asked for",
    Outcome.WRONG_SHAPE: "The model answers in JSON of another form than was asked for",
}
MENDED: Final[Mapping[Outcome, str]] = {
    Outcome.OFF: "set model under [openai] of the configuration",
    Outcome.RESTING: "wait half a minute",
    Outcome.OVER_BUDGET: "wait for tomorrow (UTC), or raise tokens_a_day under [openai]",
    Outcome.UNREACHABLE: "start the service, or mend base_url under [openai]",
    Outcome.TIMED_OUT: "raise timeout_seconds under [openai], or take a faster model",
    Outcome.LIMITED: "wait, or look after the limits of your account",
    Outcome.SERVER_ERROR: "look into the service's own log; base_url under [openai] mostly ends with /v1",
    Outcome.REFUSED_KEY: "set OPENAI_API_KEY to one that this service gave out",
    Outcome.BAD_REQUEST: "write model under [openai] as the service has it; base_url mostly ends with /v1",
    Outcome.REFUSAL: "take another model, or another text",
    Outcome.CUT_OFF: "raise the service's limit of tokens, or hand in less text",
    Outcome.NOT_JSON: "take a model that can answer in JSON",
    Outcome.WRONG_SHAPE: "take a larger model, or a service that holds it to a schema",
}


def sentence(outcome: Outcome) -> str:
    """Return how it ended, and where there is something to do, what: one or two sentences."""
    fix = MENDED.get(outcome)
    return f"{SAID[outcome]}." + (f" To mend it: {fix}." if fix else "")
