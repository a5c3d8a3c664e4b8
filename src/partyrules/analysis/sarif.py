"""Faults of a pack as SARIF 2.1.0, the format in which code hosts and editors take findings."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from partyrules.analysis.codes import CODES, Remark
from partyrules.packs.places import SourcePlace

SARIF_VERSION: Final = "2.1.0"
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_log(remarks: Iterable[Remark], *, version: str, base: Path) -> dict[str, Any]:
    """Return one run with every code as a rule and every remark as a result; files are named relative to `base`."""
    order = [*CODES]
    return {
        "$schema": _SCHEMA,
        "version": SARIF_VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "partyrules check",
                        "version": version,
                        "rules": [
                            {
                                "id": code.id,
                                "name": code.name,
                                "shortDescription": {"text": code.meaning},
                                "help": {"text": code.cure},
                                "defaultConfiguration": {"level": code.severity},
                            }
                            for code in CODES.values()
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, order.index(one.code.id), base) for one in remarks],
            }
        ],
    }


def _result(one: Remark, number: int, base: Path) -> dict[str, Any]:
    field = f", field {one.field}" if one.field else ""
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": one.where}]}
    if one.place is not None:
        location["physicalLocation"] = _physical(one.place, base)
    return {
        "ruleId": one.code.id,
        "ruleIndex": number,
        "level": one.code.severity,
        "message": {"text": f"{one.where}{field}: {one.what.en}; {one.code.cure}"},
        "locations": [location],
    }


def _physical(place: SourcePlace, base: Path) -> dict[str, Any]:
    file = place.file.resolve()
    inside = file.is_relative_to(base.resolve())
    uri = file.relative_to(base.resolve()).as_posix() if inside else file.as_uri()
    return {"artifactLocation": {"uri": uri}, "region": {"startLine": place.line}}
