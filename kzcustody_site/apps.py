from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteConfig(AppConfig):
    name = "kzcustody_site"

    def ready(self) -> None:
        from kzcustody_site import checks  # noqa: F401 - registers it


class DeskConfig(AdminConfig):
    """The one admin site: the reviewer's desk."""

    default_site = "kzcustody_site.desk.Desk"
