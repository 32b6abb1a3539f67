"""What the program counts about itself, for Prometheus: how much, how fast, how often it failed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Metrics:
    """The figures of one process; no label ever holds what a person wrote or who they are."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "counterclaim_questions", "Questions answered.", ["platform", "tier"], registry=self._registry
        )
        self._stages = Histogram(
            "counterclaim_stage_seconds",
            "Time of each stage of an answer.",
            ["stage"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._stage: dict[str, Histogram] = {}
        """The histogram of each stage, found by its label once."""
        self._waiting = Gauge(
            "counterclaim_queue_depth", "Questions that wait for their reply.", registry=self._registry
        )
        self._redelivered = Counter(
            "counterclaim_redeliveries", "Deliveries that were known.", ["platform"], registry=self._registry
        )
        self._errors = Counter(
            "counterclaim_platform_errors",
            "Calls that a platform refused or did not answer.",
            ["platform", "kind"],
            registry=self._registry,
        )
        self._model_answers = Counter(
            "counterclaim_model_answers",
            "How asking the language model ended.",
            ["prompt", "outcome"],
            registry=self._registry,
        )
        self._model_tokens = Counter(
            "counterclaim_model_tokens",
            "Tokens that the language model took.",
            ["prompt"],
            registry=self._registry,
        )
        self._model_seconds = Histogram(
            "counterclaim_model_seconds",
            "Time of asking the language model.",
            ["prompt"],
            buckets=(*_BUCKETS, 40.0, 60.0, 120.0),
            registry=self._registry,
        )

    def answered(self, platform: str, tier: str) -> None:
        """Count a question; `tier` is “help”, “error” or “limited” where it was not looked up."""
        self._questions.labels(platform, tier).inc()

    def redelivered(self, platform: str) -> None:
        """Count a delivery that was known already."""
        self._redelivered.labels(platform).inc()

    def failed(self, platform: str, kind: str) -> None:
        """Count a call that a platform refused or did not answer."""
        self._errors.labels(platform, kind).inc()

    def model_asked(self, prompt: str, outcome: str, seconds: float, tokens: int) -> None:
        """Count that the language model was asked; a prompt is known by its name.

        Where it took no tokens it was not asked in the end, or not reached, and its time says nothing.
        """
        self._model_answers.labels(prompt, outcome).inc()
        self._model_tokens.labels(prompt).inc(tokens)
        if tokens:
            self._model_seconds.labels(prompt).observe(seconds)

    def waiting(self, count: int) -> None:
        """Set how many questions wait for their reply."""
        self._waiting.set(count)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage of an answer: receive, check, render, post, finish."""
        stage = self._stage.get(name)
        if stage is None:
            stage = self._stage[name] = self._stages.labels(name)
        start = time.perf_counter()
        try:
            yield
        finally:
            stage.observe(time.perf_counter() - start)

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self._registry)
