"""English, as it is written in the United States. Letters as in Django's `date`."""

# A day of an evening; one in a list; one without its year; one in a sentence.
WHOLE_DAY = "l, F j, Y"
SHORT_DAY = "D, M j, Y"
SHORTEST_DAY = "M j"
CALENDAR_DAY = DATE_FORMAT = "F j, Y"
# Of books, to the second, always with a zone.
EXACT_CLOCK = "H:i:s T"
EXACT_MOMENT = f"{WHOLE_DAY}, {EXACT_CLOCK}"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
