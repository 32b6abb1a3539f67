"""`python -m bot` is `counterclaim`. An entry point stands outside the package's direction of imports."""

from handlers.terminal.commands import main

main()
