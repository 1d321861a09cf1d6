"""What kind of thing each column of this app holds.

Cents, Stripe's ids, receipts' numbers and what a cheque is called stay for good: they
are the books. Who gave is personal, and forgotten when the law's clock has run.
"""

from losers_lounge.personal import Table, columns

TABLE: Table = {
    "Discrepancy": columns(team="closed_by_name", money="account subject reason"),
    "Dispute": columns(
        personal="evidence evidence_error",
        team="evidence_by_name",
        money="account dispute_id charge_id currency reason status",
    ),
    "Donation": columns(
        personal="donor_name donor_email credit_name",
        money="public_id currency stripe_account payment_intent_id",
    ),
    "DonationAttempt": columns(
        opens="url success_url cancel_url",
        money="session_id payment_intent_id decline_code",
        personal="error",
    ),
    "DonationPart": columns(personal="for_name engraving"),
    "EngravingBatch": columns(personal="body", team="made_by_name", money="sha256"),
    "EventsRead": columns(money="account"),
    "FraudWarning": columns(
        personal="seen_words", money="account warning_id charge_id fraud_type"
    ),
    "LedgerEntry": columns(
        money="account balance_transaction_id stripe_type currency source_id"
        " charge_id reporting_category payout_id"
    ),
    "ManualGift": columns(
        opens="nonce",
        personal="note photo void_reason",
        team="received_by_name confirmed_by_name void_by_name",
        money="cheque_number",
    ),
    "Payout": columns(
        money="account payout_id currency status reconciliation_status failure_code"
    ),
    "Pledge": columns(
        opens="setup_url",
        personal="donor_name donor_email credit_name mandate_text agreed_ip"
        " card_brand card_last4",
        team="approved_by_name",
        money="public_id currency stripe_account mandate_version setup_session_id"
        " customer_id payment_method_id",
    ),
    "Receipt": columns(
        personal="donor_name donor_email lines",
        money="number charity_name charity_ein charity_address currency benefits"
        " void_reason wording printed_in",
    ),
    "ReceiptSeries": columns(),
    "ReconciledDay": columns(money="account currency"),
    "Reconciliation": columns(money="account checks"),
    "Refund": columns(
        opens="nonce",
        personal="reason error",
        team="by_name seen_by_name",
        money="public_id account refund_id",
    ),
    "Reward": columns(
        personal="for_name engraving proof remark ship_to handed_over_to",
        team="checked_by_name handed_over_by_name",
        money="public_id",
        public="held_from",
    ),
    # Movements by Stripe's ids and donations' own: no name stands in a statement.
    "Statement": columns(team="made_by_name", money="body sha256 printed_in"),
    "StripeEvent": columns(
        personal="payload error", money="event_id account type api_version"
    ),
}
