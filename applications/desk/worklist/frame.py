"""What stands around each page of the worklist."""

from typing import Any

from django.urls import reverse

from applications.models import Application


def frame(model_admin: Any, request: Any, title: str) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": Application._meta,
        "title": title,
        "list_url": reverse("admin:applications_application_changelist"),
    }
