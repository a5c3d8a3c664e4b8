"""Names: no two classes bear one name, and each room of the library is on its plan, above all that it imports."""

import ast
import re
import tomllib
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


def test_the_plan_of_the_rooms_is_the_order_that_is_held() -> None:
    """The table of rooms in the documents names each package once, in the order to which imports are held."""
    plan = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    rooms = re.findall(r"^\| `(\w+)` \|", plan, re.MULTILINE)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    floors = [re.findall(r"\w+", layer) for layer in contracts[0]["layers"]]
    packages = {path.parent.name for path in (ROOT / "src" / "partyrules").glob("*/__init__.py")}
    assert set(rooms) == packages
    assert len(rooms) == len(packages)
    floor = {room: number for number, layer in enumerate(floors) for room in layer}
    assert [floor[room] for room in rooms] == sorted(floor[room] for room in rooms)
