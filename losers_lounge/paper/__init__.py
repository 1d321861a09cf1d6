"""PDF documents in the house's type, the same bytes for the same words."""

from losers_lounge.paper.document import Column, Letterhead, Paper

__all__ = ["Column", "Letterhead", "Paper"]
