from django.urls import path

from tests.benchmarks.bare import views

urlpatterns = [
    path("guest/<str:public_id>/", views.guest_page),
    path("guest/<str:public_id>/answer/", views.answer),
    path("list/<int:event_id>/", views.guest_list),
    path("export/<int:event_id>/", views.export),
    path("door/<int:guest_id>/admit/", views.admit),
    path("door/<int:guest_id>/admit-signed-in/", views.admit_signed_in),
    path("webhook/", views.webhook),
]
