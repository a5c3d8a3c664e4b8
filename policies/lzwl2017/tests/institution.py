"""The terms that this pack's tests declare, and the questions they ask."""

import partyrules_lzwl2017
from partyrules.testing.asking import Asking
from partyrules.testing.institution import term

PACK = "lzwl2017"

# Two days, 24 and 25 February 2018, lie in no term.
AUTUMN_2017 = term("2017-autumn", "semester", "2017-09-01", "2018-01-14", "2017-2018")
WINTER = term("2018-winter", "winter_vacation", "2018-01-15", "2018-02-23", "2017-2018")
SPRING = term("2018-spring", "semester", "2018-02-26", "2018-07-08", "2017-2018")
SUMMER = term("2018-summer", "summer_vacation", "2018-07-09", "2018-08-31", "2017-2018")
AUTUMN = term("2018-autumn", "semester", "2018-09-01", "2019-01-20", "2018-2019")
TERMS = (AUTUMN_2017, WINTER, SPRING, SUMMER, AUTUMN)

ASK = Asking(partyrules_lzwl2017)
adopted, findings, finding, decide = ASK.adopted, ASK.findings, ASK.finding, ASK.decide
explained, rules_of = ASK.explained, ASK.rules_of
