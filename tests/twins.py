"""Copies of packs that ask a little more, installed for a test under a name of their own."""

import sys
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from partyrules.language.kernel import AnyOf, Compare
from partyrules.language.tree import rebuilt
from partyrules.packs.pack import Pack

__all__ = ["PACKS", "installed", "one_more", "renamed"]

# What the modules of the invented distributions load.
PACKS: Final[dict[str, Pack]] = {}


def renamed(pack: Pack, name: str) -> Pack:
    """Return the pack under another name."""
    return evolve(pack, document=evolve(pack.document, id=name))


def one_more(pack: Pack) -> Pack:
    """Return the pack with one more asked for wherever so many are, and with the first ground of each veto alone."""

    def more(rule: Any) -> Any:
        raised: list[Compare] = []

        def put(node: Any) -> Any:
            if isinstance(node, Compare) and isinstance(node.least, int) and node.most is None:
                if any(node is new for new in raised):
                    return node
                raised.append(evolve(node, least=node.least + 1))
                return raised[-1]
            return node

        return evolve(rule, requires=rebuilt(rule.requires, put))

    def fewer(veto: Any) -> Any:
        return evolve(
            veto, vetoes=rebuilt(veto.vetoes, lambda node: node.parts[0] if isinstance(node, AnyOf) else node)
        )

    return evolve(
        pack,
        duties=tuple(more(duty) for duty in pack.duties),
        requirements=tuple(more(requirement) for requirement in pack.requirements),
        vetoes=tuple(fewer(veto) for veto in pack.vetoes),
    )


def installed(pack: Pack, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a pack for the rest of the test, as a distribution in a folder that Python looks into."""
    module = f"twin_{pack.id}"
    PACKS[pack.id] = pack
    (folder / f"{module}.py").write_text(f'from tests.twins import PACKS\n\npack = PACKS["{pack.id}"]\n')
    about = folder / f"{module}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[partyrules.packs]\n{pack.id} = {module}:pack\n")
    monkeypatch.syspath_prepend(folder)
    # Another test may have installed another pack of that name.
    monkeypatch.delitem(sys.modules, module, raising=False)
