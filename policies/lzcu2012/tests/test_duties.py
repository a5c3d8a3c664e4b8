"""What holds of every duty that is judged by period or on a day, case by case."""

from partyrules.testing.duties import duty_tests
from policies.lzcu2012.tests.cases import CASES
from policies.lzcu2012.tests.institution import ASK, TERMS

TestDuties = duty_tests(ASK, CASES, terms=TERMS, in_force="2012-05-07", day="2013-06-30")
