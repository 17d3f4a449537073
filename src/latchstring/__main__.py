"""`python -m latchstring …` is `latchstring …`."""

from latchstring.cli import main

main()
