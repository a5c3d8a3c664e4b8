"""The figures of recording and projecting, beside plain JSON and plain SQLite doing a part of the same work."""

from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.benchmarks import recording
from tests.benchmarks.data import BUILD
from tests.benchmarks.measure import Figure, by_turns, middle, ratio

__all__ = ["beside_plain_json"]

_FACTS: Final = 50_000
_PEOPLE: Final = 30_000
_SEED: Final = 2017


def beside_plain_json(repeats: int) -> list[Figure]:
    """Return the rate of `record` and the time to build a projection, beside what the standard library does."""
    BUILD.mkdir(parents=True, exist_ok=True)
    # Where the ledgers of the benchmarks lie too: a folder for temporary files may be in memory.
    with TemporaryDirectory(dir=BUILD) as directory:
        place = Path(directory)
        files = ("lines.jsonl", "ours.ledger", "alike.sqlite", "bare.sqlite", "ours.projection")
        places = recording.Places(*(place / name for name in files))
        with places.lines.open("wb") as file:
            file.writelines(recording.meetings(_FACTS, people=_PEOPLE, seed=_SEED))
        works = {
            "record": partial(recording.recorded, places),
            "inserted": partial(recording.inserted, places, alike=True),
            "projected": partial(recording.projected, places),
            "loaded": partial(recording.loaded, places),
        }
        # What the command says of each file is no figure.
        with redirect_stdout(StringIO()):
            times = by_turns(works, repeats=repeats)
        recording.inserted(places, alike=False)
        recording.opened(places)
        facts = recording.check(places)
    told = f"{facts:,} meetings with {recording.ATTENDING} attendances each"
    print(f"{told}: the ledger, its projection and the plain tables hold the same")
    record, inserted, projected, loaded = (middle(times, name) for name in works)
    return [
        ratio("record", f"recording {told}", record, ("json.loads and executemany", inserted), at_least=0.8),
        ratio("record", f"projecting {told}", projected, ("json.loads", loaded), at_most=3.0),
    ]
