"""Who else has the case open, asked by its pages every half minute."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy

from applications.desk import viewing
from applications.desk.pages.base import Page


class ViewingPage(Page):
    """No activity of a person. What takes the answer takes the names alone: not the sign-in, where the
    session has ended.
    """

    name, path = "viewing", "viewing/"
    methods = ("GET", "HEAD")
    passive = True
    title, permission = gettext_lazy("Also viewing"), "work_on_case"

    def get(self) -> HttpResponse:
        found = viewing.others(self.user, self.case, polled=True)
        return TemplateResponse(self.request, "admin/applications/also_viewing.html", {"viewing": found})
