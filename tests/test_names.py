"""No two classes of the library bear one name: who reads a name knows which thing it is."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_no_class_name_stands_twice() -> None:
    """A class is named once in the library and its packs, whichever room it stands in."""
    places = defaultdict(list)
    for folder in ("src", "policies"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(str(file.relative_to(ROOT)))
    assert len(places) > 300
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
