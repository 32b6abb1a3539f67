"""A strict stand-in for a service that speaks OpenAI's protocol, on a real socket."""

from tests.fakes.openai.chatting import FakeChat, Trouble
from tests.fakes.openai.serving import FakeOpenAI, Fault, vector_of

__all__ = ["FakeChat", "FakeOpenAI", "Fault", "Trouble", "vector_of"]
