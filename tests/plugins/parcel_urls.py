"""The sample admin beside the pages that its templates name."""

from django.contrib import admin
from django.urls import include, path

from kzcustody_site import views
from tests.plugins.parcels import site

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("accounts/", include("accounts.urls")),
    path("sample/", site.urls),
    path("desk/", admin.site.urls),
]
