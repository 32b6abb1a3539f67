"""The Discord side. discord.py is imported first by way of the fake, which puts a warning of it aside."""

from tests.fakes.discord import library

__all__ = ["library"]
