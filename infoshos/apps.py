from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class InfoshosConfig(AppConfig):
    name = "infoshos"
    verbose_name = _("Site")

    def ready(self):
        from . import links, signals  # noqa: F401 (connects what it listens to)

        links.register()
        # Packages' names that stand on the desk, in English alone.
        apps.get_app_config("axes").verbose_name = _("Attempts to sign in")
        apps.get_app_config("django_tasks_database").verbose_name = _("Background work")


class DeskConfig(AdminConfig):
    """Django's admin, with the desk as its site."""

    default_site = "infoshos.desk.DeskSite"
