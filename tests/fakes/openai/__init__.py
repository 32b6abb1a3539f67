"""A strict stand-in for a service that speaks OpenAI's protocol, on a real socket."""

from tests.fakes.openai.serving import FakeOpenAI, Fault, vector_of

__all__ = ["FakeOpenAI", "Fault", "vector_of"]
