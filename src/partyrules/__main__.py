"""`python -m partyrules`: the command line."""

from partyrules.cli import main

main(prog_name="partyrules")
