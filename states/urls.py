from django.urls import path, re_path

from . import views

app_name = "states"
urlpatterns = [
    path("", views.state_list, name="list"),
    re_path(r"^(?P<slug>[a-z]{2})/$", views.state_detail, name="detail"),
]
