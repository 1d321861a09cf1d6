"""manage.py import_nominations EVENT FILE: read CSV or XLSX, say what it did."""

from guests.models import ImportRun
from losers_lounge.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import nominations from CSV or XLSX; the same file again changes nothing."
    kind = ImportRun.Kind.NOMINATIONS
