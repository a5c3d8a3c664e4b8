"""An audit on Spark, with two workers, has the rows of the audit of the whole; where there is no Spark it says so."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import pytest

from partyrules.packs.pack import adopt
from partyrules.questions.audit import audit
from partyrules.questions.sources import columns_in
from partyrules.wide.parts import finding_rows
from tests.benchmarks.data import SIZES, Institution, lines_of
from tests.sweeps import slow

pytestmark = [
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not there: make spark"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not there: Debian's default-jre-headless"),
]

# Spark is started in a process of its own, whose workers have partyrules and nothing of these tests.
ASKED: Final = """
import sys
from datetime import date
from partyrules import FactError, adopt
from partyrules.wide.spark import audit_on_spark
from pyspark.sql import SparkSession

facts, out, day, *packs = sys.argv[1:]
local = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
spark = SparkSession.builder.master("local[2]").config(map=local).getOrCreate()
lines = spark.read.text(facts)
found = audit_on_spark(lines, adopt(packs), as_of=date.fromisoformat(day), parts=4)
found.orderBy("rule", "subject", "start", "occasion").coalesce(1).write.parquet(out)
for wrong in (lines.union(lines.limit(1)), lines.union(spark.createDataFrame([("{}",)], ["value"]))):
    try:
        audit_on_spark(wrong, adopt(packs), as_of=date.fromisoformat(day), parts=4)
    except FactError as error:
        print(error)
spark.stop()
"""


def on_spark(facts: Path, out: Path, *asked: Any) -> str:
    """Write what Spark finds and return what it says of lines that are refused."""
    done = subprocess.run(  # noqa: S603 - what is run stands above
        [sys.executable, "-W", "ignore", "-c", ASKED, str(facts), str(out), *map(str, asked)],
        env={**os.environ, "PYSPARK_PYTHON": sys.executable},
        cwd=out.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@slow
def test_an_audit_on_spark_has_the_rows_of_one_in_memory(tmp_path: Path) -> None:
    """On three thousand people every column of every row is that of the table; bad lines are refused and named."""
    of = Institution(SIZES["S"])
    facts, out = lines_of(of, where=tmp_path), tmp_path / "findings"
    packs = ["lzwl2017", "lzcu2012"]
    refused = on_spark(facts, out, of.as_of, *packs)
    expected = finding_rows(audit(columns_in(facts), adopt(packs), as_of=of.as_of).table())
    found = pq.read_table(out)
    assert found.num_rows == expected.num_rows > 100_000
    assert found.cast(expected.schema).equals(expected)
    assert "found twice; allowed: once" in refused
    assert "the line '{}'" in refused
