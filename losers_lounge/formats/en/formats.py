"""English, as it is written in the United States. Letters as in Django's `date`."""

# A day of an evening; one in a list; one without its year; one in a sentence.
WHOLE_DAY = "l j F Y"
SHORT_DAY = "D j M Y"
SHORTEST_DAY = "j M"
CALENDAR_DAY = DATE_FORMAT = "j F Y"
# Of books, to the second, always with a zone.
EXACT_CLOCK = "H:i:s T"
EXACT_MOMENT = f"{WHOLE_DAY}, {EXACT_CLOCK}"
DAY_AND_CLOCK = "j F, H:i T"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
