from django.contrib import admin
from django.urls import include, path

from kzcustody_site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("language/", views.set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("accounts/", include("accounts.urls")),
    path("register/", include("licences.urls")),
    path("desk/", admin.site.urls),
    path("pipeline/", include("applications.pipeline.urls")),
    path("applications/", include("applications.portal.urls")),
]
