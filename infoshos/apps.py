from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class InfoshosConfig(AppConfig):
    name = "infoshos"
    verbose_name = _("Site")

    def ready(self):
        from . import links, signals  # noqa: F401 (connects what it listens to)

        links.register()


class DeskConfig(AdminConfig):
    """Django's admin, with the desk as its site."""

    default_site = "infoshos.desk.DeskSite"
