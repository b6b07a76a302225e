"""The roles of a newsroom: groups whose permissions the code keeps (after each migrate). docs/editors.md shows them.

The database holds the names of roles and rights in English; the desk shows them by `role_in_words` and `right_in_words`.
"""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

ALL = ("view", "add", "change", "delete")
WRITES = ("view", "add", "change")
READS = ("view",)

# Rights that no model has by itself: {(app, model): {codename: name}}.
RIGHTS = {
    ("news", "edition"): {"publish_edition": gettext_noop("Can publish and withdraw")},
    ("news", "article"): {"translate_article": gettext_noop("Can translate articles into their own languages")},
    ("comments", "typoreport"): {"apply_typoreport": gettext_noop("Can put a reader's correction into the text")},
}
ACTIONS = {"view": _("Can view"), "add": _("Can add"), "change": _("Can change"), "delete": _("Can delete")}

EDITOR = {
    "news": {
        "section": ALL, "tag": ALL, "author": ALL, "image": ALL, "article": ALL, "edition": (*ALL, "publish"),
        "byline": ALL, "galleryitem": ALL, "homepageslot": ALL, "correction": ("view", "change", "delete"),
        "translation": ("view", "delete"),
    },
    "infoshos": {
        "page": ALL, "partnerlink": ALL, "sitenotice": ALL, "magazine": ALL, "contactmessage": ("view", "change"),
    },
    "states": {"state": ("view", "change"), "membership": ALL, "currency": READS, "rate": READS},
    # Whoever deletes an article deletes what hangs on it.
    "comments": {
        "typoreport": ("view", "change", "delete", "apply"), "pendingcomment": ("delete",), "posting": READS, "decision": READS,
    },
    "django_comments_xtd": {"xtdcomment": READS},
}  # fmt: skip

ROLES = {
    gettext_noop("Reporter"): {
        "news": {
            "article": WRITES, "edition": WRITES, "byline": ALL, "galleryitem": ALL, "image": WRITES,
            "section": READS, "tag": READS, "author": READS,
        },
        "states": {"state": READS},
    },
    gettext_noop("Translator"): {
        "news": {
            "article": ("view", "change", "translate"), "edition": WRITES, "image": ("view", "change"),
            "section": READS, "tag": READS, "author": READS, "translation": READS,
        },
        "states": {"state": READS},
    },
    gettext_noop("Editor"): EDITOR,
    gettext_noop("Moderator"): {
        "news": {"article": READS, "edition": READS},
        "comments": {
            "typoreport": ("view", "change", "apply"), "pendingcomment": READS, "posting": READS, "commentreport": READS,
            "decision": READS, "rejectionreason": WRITES, "holdingrule": ALL, "ban": WRITES, "trustedwriter": ALL,
        },
        "django_comments_xtd": {"xtdcomment": ("view", "change")},
        "django_comments": {"commentflag": READS},
    },
    gettext_noop("Administrator"): None,  # everything
}  # fmt: skip


def keep_roles():
    for app in apps.get_app_configs():
        create_permissions(app, verbosity=0)
    for model, rights in RIGHTS.items():
        content_type = ContentType.objects.get_by_natural_key(*model)
        for codename, name in rights.items():
            Permission.objects.update_or_create(content_type=content_type, codename=codename, defaults={"name": name})
    for name, rights in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        if rights is None:
            group.permissions.set(Permission.objects.all())
            continue
        wanted = {
            (app, f"{action}_{model}")
            for app, models in rights.items()
            for model, actions in models.items()
            for action in actions
        }
        codenames = {codename for _app, codename in wanted}
        found = Permission.objects.filter(codename__in=codenames).select_related("content_type")
        group.permissions.set([p for p in found if (p.content_type.app_label, p.codename) in wanted])


def role_in_words(group):
    return gettext(group.name) if group.name in ROLES else group.name


def right_in_words(permission):
    """“News | article | Can add”"""
    model = permission.content_type.model_class()
    if model is None:  # of a package that is gone
        return permission.name
    action = permission.codename.removesuffix(f"_{model._meta.model_name}")
    may = ACTIONS.get(action) or gettext(permission.name)
    return f"{model._meta.app_config.verbose_name} | {gettext(model._meta.verbose_name_raw)} | {may}"
