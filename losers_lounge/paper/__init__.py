"""PDF documents in the house's type, the same bytes for the same words."""

from losers_lounge.paper.document import Column, Letterhead, Paper
from losers_lounge.paper.sheets import printed

__all__ = ["Column", "Letterhead", "Paper", "printed"]
