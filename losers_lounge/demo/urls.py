from django.urls import path

from losers_lounge.demo import mailbox

app_name = "demo"
urlpatterns = [
    path("mailbox/", mailbox.mail_list, name="mail_list"),
    path("mailbox/<int:number>/", mailbox.mail_detail, name="mail_detail"),
    path("mailbox/<int:number>/html/", mailbox.mail_html, name="mail_html"),
]
