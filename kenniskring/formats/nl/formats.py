"""Dutch as Flemish administrations write it: 21 november 2026, 14.00 uur, 83.400.

The ISO forms come first among the input formats, because that is what a browser's date and time fields speak.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = r"H.i \u\u\r"
DATETIME_FORMAT = r"j F Y \o\m H.i \u\u\r"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j/n/Y"
SHORT_DATETIME_FORMAT = r"j/n/Y H.i \u\u\r"
CLOCK_FORMAT = "H.i"  # ours: an hour within a text; "14.00 – 16.00 uur" is CLOCK_FORMAT – TIME_FORMAT
MONTH_FORMAT = "b"  # ours: the month in a date block, mrt
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S", "%Hu%M"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %H.%M", "%d-%m-%Y %H:%M"]

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
