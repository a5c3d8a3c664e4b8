"""Mappings: what they may say, and how each slip in one is told."""

from pathlib import Path

import pytest

from partyrules.errors import QueryError
from partyrules.importers.mapping import read_mapping, ready_mapping, ready_names, ready_text
from tests.registers import mapping_of

WHOLE = """
[[sheets]]
title = "台账"
title_en = "register"
match = ["台账*"]
header = 2
hidden = true
fill_down = ["unit"]
columns.person = ["学号"]
columns.unit = "党支部"
names.person = ["姓名"]
set.note = "从台账导入"

[[sheets.facts]]
fact = "membership_started"
key = ["person"]
columns.on = ["加入支部时间"]

[[sheets.facts]]
fact = "meeting_held"
pick = "meeting"
columns.meeting = ["类型"]
set.on = 2018-03-12
set.attended = ["p1"]

[words.meeting]
"党员大会" = "branch_assembly"
"""


def refused(tmp_path: Path, said: str, instead: str) -> str:
    """Return how a mapping is refused in which one thing is said otherwise."""
    assert WHOLE.count(said) == 1
    with pytest.raises(QueryError) as caught:
        mapping_of(tmp_path / "m.toml", WHOLE.replace(said, instead))
    return str(caught.value).removeprefix(f"{tmp_path / 'm.toml'}, ").removeprefix(f"{tmp_path / 'm.toml'}: ")


def test_a_whole_mapping(tmp_path: Path) -> None:
    """A mapping says sheets, columns, constants, keys and words; a date needs no quotes."""
    mapping = mapping_of(tmp_path / "m.toml", WHOLE)
    [plan] = mapping.sheets
    member, meeting = plan.facts
    assert (plan.header, plan.hidden, plan.match, plan.fill_down) == (2, True, ("台账*",), frozenset({"unit"}))
    assert plan.columns == {"person": ("学号",), "unit": ("党支部",)}
    assert (member.key, member.set) == (("person",), {"note": "从台账导入"})
    assert meeting.set == {"note": "从台账导入", "on": "2018-03-12", "attended": ["p1"]}
    assert mapping.words == {"meeting": {"党员大会": "branch_assembly"}}


@pytest.mark.parametrize(
    ("said", "instead", "told"),
    [
        ("header = 2", "heder = 2", "key `sheets[1]`: key 'heder' is not known"),
        ("header = 2", "heder = 2", "did you mean `header`?"),
        ("header = 2", "header = 0", "key `sheets[1].header`: found 0; allowed: the number of a row"),
        ("hidden = true", 'hidden = "yes"', "key `sheets[1].hidden`: found 'yes'; allowed: true or false"),
        ('match = ["台账*"]', "match = []", "key `sheets[1].match`: found []; allowed: a name, or a list of names"),
        ('title = "台账"', "title = 1", "key `sheets[1].title`: found 1; allowed: a text"),
        ("columns.person", "columns.persn", "key `sheets[1].columns`: field 'persn' is not known"),
        ("columns.person", "columns.persn", "did you mean `person`?"),
        ('["学号"]', "[1]", "key `sheets[1].columns.person`: found [1]; allowed: a name, or a list of names"),
        ("names.person", "names.on", "names are of people, units or buildings"),
        ("fill_down", 'fill_down = ["room"] #', "key `sheets[1].fill_down`: field 'room' is not known"),
        ("membership_started", "membership_start", "did you mean `membership_started`?"),
        ('key = ["person"]', 'key = ["persn"]', "key `sheets[1].facts[1].key`: field of the fact 'persn' is not known"),
        ("columns.on = ", "columns.onn = ", "key `sheets[1].facts[1].columns`: field of `membership_started` 'onn'"),
        ("columns.on = ", "columns.until = ", "key `sheets[1].facts[1]`: `membership_started` needs `on`"),
        ("2018-03-12", '"2018-3-12"', "key `sheets[1].facts[2].set.on`: found '2018-3-12'"),
        ('["p1"]', '"p1"', "key `sheets[1].facts[2].set.attended`: found 'p1'"),
        ("set.on", "set.meeting = 1\nset.on", "key `sheets[1].facts[2].set.meeting`: it has a column, too"),
        ('pick = "meeting"', 'pick = "agenda"', "key `sheets[1].facts[2].pick`: field with a column 'agenda'"),
        ('pick = "meeting"', 'pick = "unit"', "there are no words for it; allowed: a field with a table [words.unit]"),
        ("[words.meeting]", "[words.meting]", "key `words`: field 'meting' is not known"),
        ('= "branch_assembly"', "= 1", "key `words.meeting.党员大会`: found 1"),
        ('[[sheets.facts]]\nfact = "meeting_held"', '[sheets.more]\nfact = "meeting_held"', "key 'more' is not known"),
    ],
)  # fmt: skip
def test_slips(tmp_path: Path, said: str, instead: str, told: str) -> None:
    """Each slip is told with its place, what was found, what is allowed, and the nearest name."""
    assert told in refused(tmp_path, said, instead)


def test_no_mapping(tmp_path: Path) -> None:
    """What is no TOML, or has no sheets, is refused by its path."""
    for said, told in (("sheets = 1", "allowed: one table or more"), ("[[", "it is not TOML"), ("", "`sheets`")):
        with pytest.raises(QueryError, match=r"m\.toml") as caught:
            mapping_of(tmp_path / "m.toml", said)
        assert told in str(caught.value)
    with pytest.raises(QueryError, match=r"none\.toml"):
        read_mapping(tmp_path / "none.toml")


def test_values_of_words(tmp_path: Path) -> None:
    """A word of a field that takes one of a list stands for one of these."""
    said = """
[[sheets]]
columns = {person = "学号", on = "时间", rating = "等次", by = "考评人"}
facts = [{fact = "dorm_evaluated"}]
[words.rating]
"优秀" = "excelent"
"""
    with pytest.raises(QueryError, match="did you mean `excellent`"):
        mapping_of(tmp_path / "m.toml", said)


def test_attendance_needs_who_and_mark(tmp_path: Path) -> None:
    """A list of who was there names the column of the person and that of the mark, for facts that have attendance."""
    said = (
        '[[sheets]]\ncolumns.on = "时间"\ncolumns.unit = "党支部"\n'
        'facts = [{fact = "%s", set = %s}]\n[sheets.attendance]\n%s'
    )
    meeting = ("meeting_held", '{meeting = "group_meeting"}')
    for fact, rest, told in (
        (meeting, 'mark = "签到"', "allowed: `mark`, and `who` or `names`"),
        (meeting, 'who = "学号"', "allowed: `mark`, and `who` or `names`"),
        (meeting, 'hwo = "学号"', "did you mean `who`?"),
        (("unit_dissolved", "{}"), 'who = "学号"\nmark = "签到"', "has no attendance"),
    ):
        with pytest.raises(QueryError) as caught:
            mapping_of(tmp_path / "m.toml", said % (*fact, rest))
        assert told in str(caught.value)


def test_ready_mappings() -> None:
    """The registers are known by their Chinese and by their English name, and each mapping reads as a file does."""
    assert set(ready_names()) == {
        "发展党员台账",
        "三会一课记录",
        "培训成绩",
        "宿舍考评",
        "签到表",
        "党员花名册",
        "党组织名册",
        "校历",
    }
    for chinese, english in ready_names().items():
        assert ready_text(chinese) == ready_text(english)
        assert ready_mapping(chinese).sheets == ready_mapping(english).sheets
    with pytest.raises(QueryError, match="did you mean `roster`"):
        ready_mapping("rooster")
