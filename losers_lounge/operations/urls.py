from django.urls import path

from losers_lounge.operations import views

app_name = "operations"
urlpatterns = [
    path("metrics", views.metrics, name="metrics"),
    path("operations/", views.board, name="board"),
]
