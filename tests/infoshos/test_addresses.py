"""Every address of the admin, every bulk action and every autocomplete, by role. The addresses are found by walking the
resolver: a new one without a row here fails.

A row holds a sign a role, in the order of ROLES: + may; - may not (403); 0 does not exist for them (404); > is sent
away (where there is no such object, or a reporter has no such article).
"""

import pytest
from django.contrib import admin
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from reversion.models import Version

from infoshos.models import User
from news.models import Article, Correction, Image, Tag

from ..factories import make_article, make_image, make_tag, make_user
from ..news.test_admin import save, signed_in

pytestmark = pytest.mark.django_db
ROLES = ("Reporter", "Translator", "Editor", "Moderator", "Administrator")
SIGNS = {200: "+", 403: "-", 404: "0", 302: ">", 405: "+", 400: "+"}
VIEWS = (
    "changelist",
    "add",
    "change",
    "history",
    "delete",
    "recoverlist",
    "recover",
    "revision",
    "compare",
    "restore",
)

# A sign a view (VIEWS) for each role: what has no object here answers > to those who may.
MODELS = {
    "auth_group": ("--->-.....", "--->-.....", "--->-.....", "--->-.....", "++>>>....."),
    "news_article": ("++>0---00+", "+-++----++", "++++++++++", "+-++----++", "++++++++++"),
    "news_image": ("++++-00-++", "+-++-000++", "+++++000++", "-----00--+", "+++++000++"),
    "news_correction": ("---------+", "---------+", "+-+++--0++", "---------+", "+-+++--0++"),
    "news_section": ("+->0---00+", "+->0---00+", "++>0>+000+", "---0---00+", "++>0>+000+"),
    "news_tag": ("+-++----++", "+-++----++", "++++++00++", "---------+", "++++++00++"),
    "news_author": ("+->0---00+", "+->0---00+", "++>0>+000+", "---0---00+", "++>0>+000+"),
    "infoshos_page": ("---0---00+", "---0---00+", "++>0>+000+", "---0---00+", "++>0>+000+"),
    "infoshos_partnerlink": ("---0---00+", "---0---00+", "++>0>+000+", "---0---00+", "++>0>+000+"),
    "infoshos_sitenotice": ("---0---00+", "---0---00+", "++>0>+000+", "---0---00+", "++>0>+000+"),
    "infoshos_magazine": ("---0---00+", "---0---00+", "++>0>+000+", "---0---00+", "++>0>+000+"),
    "infoshos_contactmessage": ("--->-.....", "--->-.....", "+->>-.....", "--->-.....", "+->>>....."),
    "infoshos_user": ("-----.....", "-----.....", "-----.....", "-----.....", "+++++....."),
    "django_comments_commentflag": ("--->-.....", "--->-.....", "--->-.....", "+->>-.....", "++>>>....."),
    "django_comments_xtd_xtdcomment": ("--->-.....", "--->-.....", "+->>-.....", "+->>-.....", "+->>-....."),
    "comments_ban": ("--->-.....", "--->-.....", "--->-.....", "++>>-.....", "++>>-....."),
    "comments_decision": ("--->-.....", "--->-.....", "+->>-.....", "+->>-.....", "+->>-....."),
    "comments_holdingrule": ("--->-.....", "--->-.....", "--->-.....", "++>>>.....", "++>>>....."),
    "comments_rejectionreason": ("--->-.....", "--->-.....", "--->-.....", "++>>-.....", "++>>-....."),
    "comments_trustedwriter": ("--->-.....", "--->-.....", "--->-.....", "++>>>.....", "++>>>....."),
    "comments_pendingcomment": ("--->-.....", "--->-.....", "--->>.....", "+->>-.....", "+->>>....."),
    "comments_typoreport": ("--->-.....", "--->-.....", "+->>>.....", "+->>-.....", "+->>>....."),
    "states_state": ("+->>-.....", "+->>-.....", "+->>-.....", "--->-.....", "++>>>....."),
    "states_currency": ("--->-.....", "--->-.....", "+->>-.....", "--->-.....", "++>>>....."),
    "states_rate": ("--->-.....", "--->-.....", "+->>-.....", "--->-.....", "+->>-....."),
    "sites_site": ("--->-.....", "--->-.....", "--->-.....", "--->-.....", "++>>>....."),
    "axes_accessattempt": ("--->-.....", "--->-.....", "--->-.....", "--->-.....", "+->>>....."),
    "axes_accesslog": ("--->-.....", "--->-.....", "--->-.....", "--->-.....", "+->>>....."),
    "axes_accessfailurelog": ("--->-.....", "--->-.....", "--->-.....", "--->-.....", "+->>>....."),
    "django_tasks_database_dbtaskresult": ("--->-.....", "--->-.....", "--->-.....", "--->-.....", "+->>-....."),
}  # fmt: skip

# The rest, a sign a role.
OTHERS = {
    "index": "+++++",
    "login": ">>>>>",
    "logout": "+++++",
    "password_change": "+++++",
    "password_change_done": "+++++",
    "autocomplete": "-----",
    "jsi18n": "+++++",
    "view_on_site": "00000",
    "news_article_preview": "0++++",
    "news_article_previews": "0++++",
    "news_article_draft": "+++++",
    "news_article_discard_draft": "+++++",
    "news_article_scheme": "+++++",
    "news_article_changes": "0++++",
    "news_article_translation": "0++-+",
    "news_article_still_right": "+++++",
    "news_article_export": "0++-+",
    "news_translation_files": "-++-+",
    "news_translation_changelist": "-++-+",
    "news_homepageslot_changelist": "--+-+",
    "comments_typoreport_queue": "--+++",
    "comments_queue": "--+++",
    "news_article_colleagues": "0++++",
    "news_article_proof": "0-+-+",
    "news_image_picker": "+++-+",
    "news_image_upload": "+-+-+",
    "app_list": "+++++",
    "auth_user_password_change": "----+",
}  # fmt: skip

AUTOCOMPLETES = {
    "news.article.tags": "+++-+",
    "news.article.states": "+++-+",
    "news.byline.author": "+++-+",
}  # fmt: skip

ACTIONS = {
    "auth.group.delete_selected": "----+",
    "news.article.delete_selected": "--+-+",
    "news.article.publish_selected": "--+-+",
    "news.article.withdraw_selected": "--+-+",
    "news.image.delete_selected": "--+-+",
    "news.correction.delete_selected": "--+-+",
    "news.section.delete_selected": "--+-+",
    "news.tag.delete_selected": "--+-+",
    "news.tag.merge_selected": "--+-+",
    "news.author.delete_selected": "--+-+",
    "news.homepageslot.delete_selected": "--+-+",
    "news.translation.as_files": "-++-+",
    "news.translation.as_po_files": "-++-+",
    "news.translation.urgent": "--+-+",
    "news.translation.soon": "--+-+",
    "news.translation.normal": "--+-+",
    "news.translation.not_wanted": "--+-+",
    "infoshos.page.delete_selected": "--+-+",
    "infoshos.partnerlink.delete_selected": "--+-+",
    "infoshos.sitenotice.delete_selected": "--+-+",
    "infoshos.magazine.delete_selected": "--+-+",
    "infoshos.contactmessage.delete_selected": "----+",
    "infoshos.contactmessage.mark_answered": "--+-+",
    "infoshos.contactmessage.mark_waiting": "--+-+",
    "infoshos.user.delete_selected": "----+",
    "django_comments.commentflag.delete_selected": "----+",
    "django_comments_xtd.xtdcomment.approve": "---++",
    "django_comments_xtd.xtdcomment.hold": "---++",
    "django_comments_xtd.xtdcomment.reject": "---++",
    "comments.ban.lift": "---++",
    "comments.holdingrule.delete_selected": "---++",
    "comments.trustedwriter.delete_selected": "---++",
    "comments.pendingcomment.delete_selected": "----+",
    "comments.typoreport.accept": "--+++",
    "comments.typoreport.decline": "--+++",
    "comments.typoreport.delete_selected": "--+-+",
    "states.state.delete_selected": "----+",
    "states.currency.delete_selected": "----+",
    "sites.site.delete_selected": "----+",
    "axes.accessattempt.cleanup_expired_attempts": "----+",
    "axes.accessattempt.delete_selected": "----+",
    "axes.accesslog.delete_selected": "----+",
    "axes.accessfailurelog.delete_selected": "----+",
}  # fmt: skip


def patterns(found=None):
    get_resolver().url_patterns  # noqa: B018 (the admin's modules are loaded with them)
    for pattern in admin.site.get_urls() if found is None else found:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        elif pattern.name:
            yield pattern


def split(name):
    """("news_tag", "change") of an address that every model has; None of another one."""
    model, _line, view = name.rpartition("_")
    return (model, view) if view in VIEWS and "password" not in model else None


@pytest.fixture
def objects():
    """Somebody else's draft, and what hangs on it; nothing here belongs to the roles that ask."""
    article = make_article(["ru", "en"], published=False)
    save(signed_in(), article)
    correction = Correction.objects.create(article=article, language="en", text="Wrong.", corrected_at=timezone.now())
    rows = [article, make_image(), make_tag(), correction, make_user("novice")]
    version = Version.objects.get_for_object(article).first()
    return {type(row): row.pk for row in rows} | {"version": version.pk}


def model_of(label):
    return {"news_article": Article, "news_image": Image, "news_tag": Tag, "news_correction": Correction,
            "infoshos_user": User}.get(label)  # fmt: skip


def path_of(name, objects):
    if place := split(name):
        label, view = place
        pk = objects.get(model_of(label), 999)
        version = objects["version"] if label == "news_article" else 999
        args = {
            "change": [pk],
            "history": [pk],
            "delete": [pk],
            "recover": [version],
            "revision": [pk, version],
            "compare": [pk],
            "restore": [pk, version],
        }
        return reverse(f"admin:{name}", args=args.get(view, []))
    article = objects[Article]
    args = {
        "news_article_preview": [article, "en"], "news_article_colleagues": [article], "news_article_proof": [article],
        "news_article_previews": [article], "news_article_changes": [article, "en"], "news_article_scheme": ["dark"],
        "news_article_discard_draft": [999], "news_article_translation": [article, "en"],
        "news_article_still_right": [article, "en"], "news_article_export": [article, "en", "xliff"],
        "auth_user_password_change": [objects[User]], "app_list": ["news"], "view_on_site": [999, 999],
    }  # fmt: skip
    return reverse(f"admin:{name}", args=args.get(name, []))


def signs(name, clients, objects):
    path = path_of(name, objects)
    return "".join(SIGNS[client.get(path).status_code] for client in clients)


def test_every_address_has_a_row():
    names = {pattern.name for pattern in patterns()}
    there = {
        f"{model}_{view}"
        for model, row in MODELS.items()
        for view, sign in zip(VIEWS, row[0], strict=True)
        if sign != "."
    }

    assert names - there == set(OTHERS)
    assert there <= names


@pytest.mark.parametrize("role", ROLES)
def test_addresses_of_models_by_role(objects, role):
    client = signed_in(role)
    found = {}
    for model, row in MODELS.items():
        views = [view for view, sign in zip(VIEWS, row[0], strict=True) if sign != "."]
        answers = {view: signs(f"{model}_{view}", [client], objects) for view in views}
        found[model] = "".join(answers.get(view, ".") for view in VIEWS)

    assert found == {model: row[ROLES.index(role)] for model, row in MODELS.items()}


def test_other_addresses_by_role(objects):
    clients = [signed_in(role) for role in ROLES]

    assert {name: signs(name, clients, objects) for name in OTHERS} == OTHERS


def test_strangers_are_asked_to_sign_in_everywhere(client, objects):
    for name in {pattern.name for pattern in patterns()} - {"login", "logout", "jsi18n"}:
        response = client.get(path_of(name, objects))
        assert (response.status_code, "/admin/login/" in response.get("Location", "")) == (302, True), name


def autocompletes():
    for model, model_admin in admin.site._registry.items():
        for holder in [model_admin, *(inline(model, admin.site) for inline in model_admin.inlines)]:
            for field in holder.autocomplete_fields:
                yield f"{holder.model._meta.label_lower}.{field}"


def test_autocompletes_by_role(objects):
    Article.objects.update(title_ru="Тайное слово", title_en="A secret word")
    clients = [signed_in(role) for role in ROLES]
    found = {}
    for name in autocompletes():
        app, model, field = name.split(".")
        query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
        answers = [client.get(reverse("admin:autocomplete"), query) for client in clients]
        found[name] = "".join(SIGNS[answer.status_code] for answer in answers)
        for role, answer in zip(ROLES, answers, strict=True):
            assert role != "Reporter" or "secret word" not in answer.content.decode()

    assert found == AUTOCOMPLETES


def actions(model_admin, rf, user):
    request = rf.get("/en/admin/")
    request.user = user
    return set(model_admin.get_actions(request)) if model_admin.has_view_or_change_permission(request) else set()


def test_bulk_actions_by_role(rf):
    users = [make_user(groups=[role]) for role in ROLES]
    found = {}
    for model, model_admin in admin.site._registry.items():
        allowed = [actions(model_admin, rf, user) for user in users]
        for name in set().union(*allowed):
            found[f"{model._meta.label_lower}.{name}"] = "".join("+" if name in own else "-" for own in allowed)

    assert found == ACTIONS
