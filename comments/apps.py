from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django_comments.apps import DjangoCommentsAdminConfig
from django_comments_xtd.apps import CommentsXtdConfig


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = _("Comments and typo reports")


class PackageConfig(CommentsXtdConfig):
    """The package's name for itself is not translated."""

    verbose_name = _("Comments")


class BasePackageConfig(DjangoCommentsAdminConfig):
    verbose_name = _("Comments")
