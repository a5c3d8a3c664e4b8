"""The adapter to durable-rules: the same productions as a Rete network, fenced in to what that library does reliably.

durable-rules 2.0.28 fails outside a narrow envelope (decision 0005 has the figures), so this module keeps one
lock around everything, one session in each network, an id of its own for every fact and a case in every fact,
and takes all facts back after each run. It leaves the library's `Host` out, whose timers fire rules from other
threads, and talks to the extension module underneath. What the network reads are tokens of our own making (t7
for a value, f3 for a field): texts, quotes, dots and mixed types would otherwise be compared as raw JSON.
"""

import json
from collections import Counter, OrderedDict
from collections.abc import Iterable
from importlib import import_module
from itertools import count
from threading import Lock
from types import ModuleType
from typing import Any, Final

from partyrules.errors import EngineError
from partyrules.evaluators.chaining import (
    ORDERINGS,
    Comparison,
    Item,
    Key,
    Match,
    Pattern,
    Production,
    Ref,
    Ruleset,
    Run,
    asserted_by,
    key_of,
    run_of,
    satisfies,
    working_memory,
)
