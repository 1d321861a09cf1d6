"""Spanish, as it is written in the United States.

Numbers are those of American English (CLDR es-US): a thousand dollars has a comma
in both languages, so no total can be read as another. A browser's own date and time
fields speak ISO 8601, whatever the language.
"""

WHOLE_DAY = r"l j \d\e F \d\e Y"
SHORT_DAY = "D j M Y"
SHORTEST_DAY = "j M"
CALENDAR_DAY = DATE_FORMAT = r"j \d\e F \d\e Y"
EXACT_CLOCK = "H:i:s T"
EXACT_MOMENT = f"{WHOLE_DAY}, {EXACT_CLOCK}"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
TIME_INPUT_FORMATS = ["%H:%M:%S", "%H:%M"]
