"""The laws of every pack, held against this one."""

from partyrules.testing.laws import pack_laws
from partyrules_lzwl2017 import pack

TestLaws = pack_laws(pack)
