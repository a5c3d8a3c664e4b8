"""Writes what type checkers read of the package, src/partyrules/__init__.pyi, from its one list of names."""

import sys

import partyrules

__all__ = ["facade_stub"]


def facade_stub() -> str:
    """Return the stub: each name of the package from the module that has it."""
    homes = sorted((home, name) for name, home in vars(partyrules)["_HOMES"].items())
    lines = [f"from partyrules.{home} import {name} as {name}" for home, name in homes]
    names = [f'    "{name}",' for name in partyrules.__all__]
    head = "# Written by `python -m tests.pages.facade` from the list in __init__.py."
    return "\n".join((head, *lines, "", "__all__ = [", *names, "]", ""))


if __name__ == "__main__":
    sys.stdout.write(facade_stub())
