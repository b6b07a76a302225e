from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class DeskSite(AdminSite):
    site_header = _("InfoSCO desk")
    site_title = _("InfoSCO desk")
    index_title = _("The desk")
