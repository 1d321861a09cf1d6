from django.urls import include, path

from donations.views import (
    batches,
    dashboard,
    donor,
    donor_bottle,
    exceptions,
    gift,
    gift_evidence,
    gift_refunds,
    manual,
    payouts,
    pledges,
    public,
    receipts,
    reconciliation,
    rewards,
    statements,
    stripe,
)

# A donor's own page: who holds the donation's link, by a cookie of its own.
DONOR = [
    path("", donor.donor, name="donor"),
    path("credit/", donor.donor_credit, name="donor_credit"),
    path("correction/", donor.donor_wish, name="donor_wish"),
    path("receipts/<str:number>.pdf", donor.donor_pdf, name="donor_pdf"),
    path("receipts/<str:number>/", donor.donor_receipt, name="donor_receipt"),
    path("bottles/<slug:reward_id>/", donor_bottle.donor_bottle, name="donor_bottle"),
    path(
        "bottles/<slug:reward_id>/proof.jpg",
        donor_bottle.donor_proof,
        name="donor_proof",
    ),
]

REWARDS = [
    path("", rewards.rewards, name="rewards"),
    path("proofs/", rewards.proofs_send, name="proofs_send"),
    path("batches/", batches.batch_make, name="batch_make"),
    path("batches/<int:batch_number>/", batches.batch, name="batch"),
    path("batches/<int:batch_number>.csv", batches.batch_csv, name="batch_csv"),
    path("<slug:reward_id>/", rewards.reward, name="reward"),
    path("<slug:reward_id>/step/", rewards.reward_step, name="reward_step"),
    path("<slug:reward_id>/proof.jpg", rewards.reward_proof, name="reward_proof"),
]
MANUAL = [
    path("", manual.manual, name="manual"),
    path("<int:gift_id>/sign/", manual.manual_sign, name="manual_sign"),
    path("<int:gift_id>/void/", manual.manual_void, name="manual_void"),
    path("<int:gift_id>/photo.jpg", manual.manual_photo, name="manual_photo"),
]

RECEIPTS = [
    path("", receipts.receipts, name="receipts"),
    path("send/", receipts.receipts_send, name="receipts_send"),
    path("values/", receipts.receipt_values, name="receipt_values"),
    path("<str:number>.pdf", receipts.receipt_pdf, name="receipt_pdf"),
    path("<str:number>/", receipts.receipt, name="receipt"),
    path("<str:number>/correct/", receipts.receipt_correct, name="receipt_correct"),
    path("<str:number>/leave/", receipts.receipt_leave, name="receipt_leave"),
]

# What was said of the total for good, and the journal.
STATEMENTS = [
    path("statements/", statements.statements, name="statements"),
    path("statements/freeze/", statements.statement_freeze, name="statement_freeze"),
    path("statements/<int:version_number>/", statements.statement, name="statement"),
    path("statement.json", statements.statement_json, name="statement_json"),
    path("statement.csv", statements.statement_csv, name="statement_csv"),
    path("statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("journal.csv", statements.journal_csv, name="journal_csv"),
    path("press/", statements.press_sheet, name="press"),
    path("press/freeze/", statements.press_freeze, name="press_freeze"),
]

# The ledger beside Stripe's books, and what is named of their differences.
RECONCILIATION = [
    path("", reconciliation.reconciliation, name="reconciliation"),
    path("webhooks/", reconciliation.retry_webhooks, name="retry_webhooks"),
    path("exceptions/", exceptions.exceptions, name="exceptions"),
    path("<int:pk>/", exceptions.exception, name="exception"),
    path("<int:pk>/assign/", exceptions.exception_assign, name="exception_assign"),
    path("<int:pk>/explain/", exceptions.explain, name="explain_discrepancy"),
    path("<int:pk>/match/", exceptions.exception_match, name="exception_match"),
    path("<int:pk>/keep/", exceptions.exception_take, name="exception_take"),
]

# One donation, and what finance may do about it.
GIFT = [
    path("", gift.gift, name="gift"),
    path("review/", gift.gift_review, name="gift_review"),
    path("warnings/<int:warning_id>/", gift.gift_warning, name="gift_warning"),
    path("refund/", gift_refunds.gift_refund, name="gift_refund"),
    path("refunds/<slug:refund_id>/", gift_refunds.gift_wish, name="gift_wish"),
    path(
        "refunds/<slug:refund_id>/seen/",
        gift_refunds.gift_refund_seen,
        name="gift_refund_seen",
    ),
    path(
        "disputes/<int:dispute_pk>/", gift_evidence.gift_evidence, name="gift_evidence"
    ),
    path("evidence.pdf", gift_evidence.gift_evidence_pdf, name="gift_evidence_pdf"),
]

app_name = "donations"
urlpatterns = [
    path("donations/", dashboard.donation_events, name="donation_events"),
    path("donations/<slug:slug>/", dashboard.dashboard, name="dashboard"),
    path("donations/<slug:slug>/gifts/", dashboard.gifts, name="gifts"),
    path("donations/<slug:slug>/", include(STATEMENTS)),
    path("donations/<slug:slug>/reconciliation/", include(RECONCILIATION)),
    path("donations/<slug:slug>/payouts/", payouts.payouts, name="payouts"),
    path(
        "donations/<slug:slug>/payouts/<str:payout_id>/", payouts.payout, name="payout"
    ),
    path("donations/<slug:slug>/receipts/", include(RECEIPTS)),
    path("donations/<slug:slug>/pledges/", pledges.pledge_list, name="pledges"),
    path("donations/<slug:slug>/gifts/<slug:public_id>/", include(GIFT)),
    path("donations/<slug:slug>/rewards/", include(REWARDS)),
    path("donations/<slug:slug>/manual/", include(MANUAL)),
    path("donor/<slug:public_id>/", include(DONOR)),
    path("donor/<str:token>/", donor.donor_link, name="donor_link"),
    path("total/<slug:slug>/", public.total, name="total"),
    path("total/<slug:slug>/press/", public.total_press, name="total_press"),
    path("total/<slug:slug>.json", public.total_json, name="total_json"),
    path("stripe/webhook/", stripe.webhook, name="stripe_webhook"),
]
