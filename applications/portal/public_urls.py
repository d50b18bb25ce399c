"""What anybody may read before they have an account."""

from django.urls import path

from applications.portal.views import before

app_name = "before"
urlpatterns = [
    path("choose/", before.choose, name="choose"),
    path("specimen/<slug:code>/", before.specimen, name="specimen"),
    path("specimen/<slug:code>/pdf/", before.specimen_pdf, name="specimen_pdf"),
]
