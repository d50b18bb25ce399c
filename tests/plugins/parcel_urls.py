"""The sample admin beside the pages of the house."""

from django.urls import path

from kzcustody_site.urls import urlpatterns as house
from tests.plugins.parcels import site

urlpatterns = [path("sample/", site.urls), *house]
