"""What only papers, pictures, calendars and workbooks need is not loaded for pages."""

import subprocess
import sys

from django.conf import settings

RARE = ("PIL", "reportlab", "icalendar", "css_inline", "openpyxl")
A_PAGE = "donations.views.statements"
LOADED = """
import sys
import losers_lounge.wsgi
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_a_web_process_has_all_pages_and_nothing_that_few_of_them_need() -> None:
    words = [sys.executable, "-W", "ignore", "-c", LOADED, A_PAGE, *RARE]
    done = subprocess.run(words, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.stdout.split() == [A_PAGE], done.stderr
