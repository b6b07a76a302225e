from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class InfoshosConfig(AppConfig):
    name = "infoshos"
    verbose_name = _("Site")

    def ready(self):
        from django.contrib.admin.models import LogEntry
        from django.contrib.auth.models import Group, Permission

        from news import saves

        from . import links, roles, signals  # noqa: F401 (connects what it listens to)

        links.register()
        # Packages' names that stand on the desk, in English alone.
        Group.__str__, Permission.__str__ = roles.role_in_words, roles.right_in_words
        LogEntry.get_change_message = saves.log_in_words
        apps.get_app_config("axes").verbose_name = _("Attempts to sign in")
        apps.get_app_config("reversion").verbose_name = _("History")
        apps.get_app_config("django_tasks_database").verbose_name = _("Background work")


class DeskConfig(AdminConfig):
    """Django's admin, with the desk as its site."""

    default_site = "infoshos.desk.DeskSite"
