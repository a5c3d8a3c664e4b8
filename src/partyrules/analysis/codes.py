"""What `check` can find: a stable code for each kind of fault, how grave it is, and the cure."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final, Literal

from attrs import frozen

from partyrules.errors.chinese import chinese
from partyrules.language.text import Text
from partyrules.packs.places import SourcePlace

Severity = Literal["error", "warning"]


@frozen
class Code:
    """A kind of fault: its stable `id`, a `name` in one or two words, what it means, and how it is cured."""

    id: str
    name: str
    severity: Severity
    meaning: str
    cure: str


@frozen(kw_only=True)
class Remark:
    """One fault found: of which kind, at what, in which field, and what is wrong with it in one line.

    `where` is a rule (`lzwl2017:8.1.3`), a clause, a sentence, or the pack itself; `place` the line of a module
    or of the source where it is known.
    """

    code: Code
    where: str
    field: str | None
    what: Text
    place: SourcePlace | None = None

    def __str__(self) -> str:
        return self.line.en

    @property
    def line(self) -> Text:
        """The whole of it in one line: where, what, and the cure."""
        at = f"{self.place.file}:{self.place.line}: " if self.place else ""
        field = f", field `{self.field}`" if self.field else ""
        head, cure = f"{self.code.severity} {self.code.id} {self.where}{field}", self.code.cure
        return Text(
            zh=f"{at}{chinese(head)}：{self.what.zh}；{chinese(cure)}", en=f"{at}{head}: {self.what.en}; {cure}"
        )


CODES: Final[Mapping[str, Code]] = {
    key: Code(id=key, **entry)
    for key, entry in tomllib.loads(files(__package__).joinpath("codes.toml").read_text(encoding="utf-8")).items()
}


def remark(code: str, where: str, field: str | None, what: Text | str, *, place: SourcePlace | None = None) -> Remark:
    """Return a remark of the kind with that code; what is wrong is written in English or in both languages."""
    said = what if isinstance(what, Text) else Text(zh=chinese(what), en=what)
    return Remark(code=CODES[code], where=where, field=field, what=said, place=place)
