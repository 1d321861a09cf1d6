"""manage.py import_guests EVENT FILE: read CSV or XLSX, say what it did."""

from guests.models import ImportRun
from losers_lounge.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import guests from CSV or XLSX; the same file again changes nothing."
    kind = ImportRun.Kind.GUESTS
