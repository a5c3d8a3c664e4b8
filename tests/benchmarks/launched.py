"""Runs a command from a small process and prints what it took: seconds, processor seconds and greatest memory, as JSON.

What a process is started from counts in the memory that the system notes for it; so it must not be a large one.
Run it as `python launched.py OUT COMMAND…`; standard output of the command goes to OUT.
"""

import json
import os
import subprocess
import sys
import time


def main(out: str, *command: str) -> int:
    """Run the command and return its exit code."""
    with open(out, "wb") as file:  # noqa: PTH123 - nothing more is imported than is needed
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=file, stdin=subprocess.DEVNULL)  # noqa: S603 - our own commands
        _, status, used = os.wait4(child.pid, 0)
        clock = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    megabytes = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    print(json.dumps([clock, used.ru_utime + used.ru_stime, megabytes]))
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
