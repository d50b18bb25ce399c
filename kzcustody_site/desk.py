from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class Desk(AdminSite):
    site_header = _("Licensing desk")
    site_title = _("Licensing desk")
    index_title = _("My work")
