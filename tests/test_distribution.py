"""The wheels: what a person installs holds the types, the licence and the entry points."""

import os
import shutil
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKS = sorted(path.parent.name for path in ROOT.glob("policies/*/pyproject.toml"))


def wheel(project: Path, scratch: Path) -> zipfile.ZipFile:
    """Return the wheel of `project`, built without a network from a copy, so that the tree stays as it is."""
    copy = scratch / "project"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(project / name, copy / name)
    shutil.copytree(project / "src", copy / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    built = subprocess.run(  # noqa: S603 - our own interpreter, fixed arguments
        [*command, "--wheel-dir", str(scratch / "wheels"), str(copy)],
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (path,) = (scratch / "wheels").iterdir()
    return zipfile.ZipFile(path)


def entry_points(built: zipfile.ZipFile) -> ConfigParser:
    """Return the entry points that `built` declares, a section for each group."""
    (name,) = (name for name in built.namelist() if name.endswith(".dist-info/entry_points.txt"))
    parser = ConfigParser()
    parser.read_string(built.read(name).decode())
    return parser


def metadata(built: zipfile.ZipFile) -> list[str]:
    """Return the lines of the metadata of `built`."""
    (name,) = (name for name in built.namelist() if name.endswith(".dist-info/METADATA"))
    return built.read(name).decode().splitlines()


def test_the_core_wheel_is_complete(tmp_path: Path) -> None:
    """The core's wheel ships types, licence and data files, installs the command, and holds no other package."""
    with wheel(ROOT, tmp_path) as built:
        names = built.namelist()
        assert {"partyrules/py.typed", "partyrules/__init__.pyi"} <= set(names)
        assert len([name for name in names if name.startswith("partyrules/importers/mappings/")]) == 8
        assert len([name for name in names if name.startswith("partyrules/analysis/new_pack/")]) == 7
        assert "partyrules/analysis/codes.toml" in names
        assert {"partyrules/language/labels.json", "partyrules/demo/adoptions/lzwl2017.toml"} <= set(names)
        assert any(name.endswith("/LICENSE") for name in names)
        assert entry_points(built)["console_scripts"]["partyrules"] == "partyrules.cli:main"
        tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"partyrules"}


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_wheel_is_complete(pack: str, tmp_path: Path) -> None:
    """A pack's wheel ships its types and licence, needs the core, and names its pack as an entry point."""
    with wheel(ROOT / "policies" / pack, tmp_path) as built:
        names = built.namelist()
        assert f"partyrules_{pack}/py.typed" in names
        assert any(name.endswith("/LICENSE") for name in names)
        assert "Requires-Dist: partyrules>=0.1" in metadata(built)
        assert dict(entry_points(built)["partyrules.packs"]) == {pack: f"partyrules_{pack}:pack"}
