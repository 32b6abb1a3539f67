"""The rim: one package a platform, the terminal, and the place where all is put together."""
