"""Who gives: what we know of a donor, and all that the charity ever reads of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Donor:
    """A name for the receipt, where it goes, and how they are thanked in public."""

    name: str
    email: str = ""
    # "" keeps them out of every list of donors.
    credit_name: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """As a donation and a pledge both keep it."""
        return {
            "donor_name": self.name,
            "donor_email": self.email,
            "credit_name": self.credit_name,
        }
