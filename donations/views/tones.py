"""How a donation's state looks: see _partials/status.html."""

from donations.models import Donation

TONES = {
    Donation.State.PAID: "good",
    Donation.State.CHECKOUT_OPEN: "waiting",
    Donation.State.PROCESSING: "waiting",
    Donation.State.DISPUTED: "bad",
    Donation.State.CHARGED_BACK: "bad",
    Donation.State.FAILED: "bad",
    Donation.State.REVIEW: "bad",
}
