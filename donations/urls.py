from django.urls import include, path

from donations.views import dashboard, donor, public, reconciliation, stripe

# A donor's own page: who holds the donation's link, by a cookie of its own.
DONOR = [
    path("", donor.donor, name="donor"),
]

app_name = "donations"
urlpatterns = [
    path("donations/", dashboard.donation_events, name="donation_events"),
    path("donations/<slug:slug>/", dashboard.dashboard, name="dashboard"),
    path(
        "donations/<slug:slug>/reconciliation/",
        reconciliation.reconciliation,
        name="reconciliation",
    ),
    path(
        "donations/<slug:slug>/reconciliation/<int:pk>/explain/",
        reconciliation.explain,
        name="explain_discrepancy",
    ),
    path(
        "donations/<slug:slug>/reconciliation/webhooks/",
        reconciliation.retry_webhooks,
        name="retry_webhooks",
    ),
    path(
        "donations/<slug:slug>/receipts/<str:number>/",
        dashboard.receipt,
        name="receipt",
    ),
    path("donor/<slug:public_id>/", include(DONOR)),
    path("donor/<str:token>/", donor.donor_link, name="donor_link"),
    path("total/<slug:slug>/", public.total, name="total"),
    path("total/<slug:slug>.json", public.total_json, name="total_json"),
    path("stripe/webhook/", stripe.webhook, name="stripe_webhook"),
]
