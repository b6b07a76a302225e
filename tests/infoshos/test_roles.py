"""Who may do what: role × action, for the main addresses of the admin."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from reversion.models import Version

from news.models import Article, Edition

from ..factories import make_article, make_image, make_tag, make_user
from ..news.test_admin import act, address, posted, save, signed_in
from .test_languages import foreign

pytestmark = pytest.mark.django_db
ROLES = ("Reporter", "Translator", "Editor", "Moderator", "Administrator")
Status = Edition.Status


def test_roles_are_kept_by_the_code():
    assert set(ROLES) <= set(Group.objects.values_list("name", flat=True))
    assert Group.objects.get(name="Editor").permissions.filter(codename="publish_edition").exists()
    assert not Group.objects.get(name="Reporter").permissions.filter(codename="publish_edition").exists()


# 200: may; 403: may not; 302: sent away. In the order of ROLES.
TABLE = {
    "/en/admin/": (200, 200, 200, 200, 200),
    "/en/admin/news/article/": (200, 200, 200, 200, 200),
    "/en/admin/news/article/add/": (200, 403, 200, 403, 200),
    "/en/admin/news/article/{article}/change/": (302, 200, 200, 200, 200),
    "/en/admin/news/article/{article}/history/": (404, 200, 200, 200, 200),
    "/en/admin/news/article/{article}/history/{version}/": (404, 403, 200, 403, 200),
    "/en/admin/news/article/{article}/preview/en/": (404, 200, 200, 200, 200),
    "/en/admin/news/article/{article}/delete/": (403, 403, 200, 403, 200),
    "/en/admin/news/article/recover/": (403, 403, 200, 403, 200),
    "/en/admin/news/article/{article}/translation/en/": (404, 200, 200, 403, 200),
    "/en/admin/news/article/{article}/translation/en/xliff/": (404, 200, 200, 403, 200),
    "/en/admin/news/article/{article}/translation/en/po/": (404, 200, 200, 403, 200),
    "/en/admin/news/article/{article}/history/compare/": (404, 200, 200, 200, 200),
    "/en/admin/news/translation/": (403, 200, 200, 403, 200),
    "/en/admin/news/translation/files/": (403, 200, 200, 403, 200),
    "/en/admin/news/image/": (200, 200, 200, 403, 200),
    "/en/admin/news/image/add/": (200, 403, 200, 403, 200),
    "/en/admin/news/image/{image}/delete/": (403, 403, 200, 403, 200),
    "/en/admin/news/image/picker/": (200, 200, 200, 403, 200),
    "/en/admin/news/tag/": (200, 200, 200, 403, 200),
    "/en/admin/news/tag/add/": (403, 403, 200, 403, 200),
    "/en/admin/news/section/add/": (403, 403, 200, 403, 200),
    "/en/admin/news/homepageslot/": (403, 403, 200, 403, 200),
    "/en/admin/infoshos/page/": (403, 403, 200, 403, 200),
    "/en/admin/infoshos/contactmessage/": (403, 403, 200, 403, 200),
    "/en/admin/infoshos/user/": (403, 403, 403, 403, 200),
    "/en/admin/auth/group/": (403, 403, 403, 403, 200),
    "/en/admin/states/state/": (200, 200, 200, 403, 200),
}


@pytest.mark.parametrize("role", ROLES)
def test_addresses(role):
    article, image = make_article(["ru", "en"], published=False), make_image()
    save(signed_in(), article)
    version = Version.objects.get_for_object(article).first()
    client = signed_in(role)

    found = {
        path: client.get(path.format(article=article.pk, image=image.pk, version=version.pk)).status_code
        for path in TABLE
    }

    assert found == {path: row[ROLES.index(role)] for path, row in TABLE.items()}


@pytest.mark.parametrize("path", TABLE)
def test_strangers_are_asked_to_sign_in(client, path):
    response = client.get(path.format(article=1, image=1, version=1))

    assert response.status_code == 302
    assert response["Location"].startswith("/en/admin/login/")


def test_reporter_writes_and_hands_in_an_own_draft():
    reporter = signed_in("Reporter")
    article = make_article(["ru"], published=False, created_by=reporter.user)

    response = save(reporter, article, title_ru="Новые слова", edition_ru_status="review")

    assert response.status_code == 302
    assert Article.objects.get().title_ru == "Новые слова"
    assert article.editions.get().status == "review"


def test_reporter_cannot_publish_whatever_is_posted():
    reporter = signed_in("Reporter")
    article = make_article(["ru"], published=False, created_by=reporter.user)

    save(reporter, article, edition_ru_status="published")
    act(reporter, "publish_selected", article)

    assert article.editions.get().status == "draft"


def test_reporter_leaves_alone_what_is_published():
    reporter = signed_in("Reporter")
    article = make_article(["ru"], created_by=reporter.user)
    before = Article.objects.values().get()

    response = reporter.post(address(article), {"title_ru": "Чужая рука", "opened_version": 1})

    assert response.status_code == 403
    assert Article.objects.values().get() == before


def test_reporter_finds_no_other_s_draft_anywhere():
    reporter = signed_in("Reporter")
    own = make_article(["ru"], published=False, created_by=reporter.user, title_ru="Своя тайна")
    other = make_article(["ru"], published=False, title_ru="Чужая тайна")
    save(signed_in("Editor"), other)
    version = Version.objects.get_for_object(other).first()

    assert list(reporter.get("/en/admin/news/article/?q=тайна").context["cl"].result_list) == [own]
    assert "Чужая" not in reporter.get("/en/admin/").content.decode()
    choices = "/en/admin/autocomplete/?app_label=news&model_name=homepageslot&field_name=article&term="
    assert reporter.get(choices).status_code == 403 or "Чужая" not in reporter.get(choices).content.decode()
    act(reporter, "delete_selected", other)
    assert reporter.post(f"/en/admin/news/article/{other.pk}/history/{version.pk}/", {}).status_code == 404
    assert Article.objects.filter(pk=other.pk).exists()


def test_history_by_post_reverts_nothing_for_those_who_may_not():
    article = make_article(["ru"], published=False, title_ru="Первое")
    editor = signed_in("Editor")
    save(editor, article, title_ru="Первое слово")
    save(editor, article, title_ru="Второе слово")
    oldest = Version.objects.get_for_object(article).last()

    for role in ("Reporter", "Translator", "Moderator"):
        signed_in(role).post(f"/en/admin/news/article/{article.pk}/history/{oldest.pk}/", {})
        signed_in(role).post(f"/en/admin/news/article/recover/{oldest.pk}/", {})

    assert Article.objects.get().title_ru == "Второе слово"


def test_translator_writes_own_languages_alone():
    translator = signed_in("Translator", languages=["en"])
    article = make_article(["ru"])
    make_tag()
    page = translator.get(address(article))
    form = page.context["adminform"].form
    open_fields = {name for name, field in form.fields.items() if not field.disabled}
    assert open_fields == {
        "opened_version", "opened_digests", "draft_session", "source_seen",
        "title_en", "lead_en", "dateline_en", "body_en", "source_name_en", "edition_en_status", "edition_en_slug",
        "edition_en_withdrawal_reason",
    }  # fmt: skip

    response = translator.post(
        address(article),
        posted(page) | {
            "title_en": "Translated", "title_ru": "Подмена", "title_zh_hans": "替换", "comment_policy": "hidden",
            "edition_en_status": "review", "edition_ru_status": "withdrawn",
        },
    )  # fmt: skip

    assert response.status_code == 302
    saved = Article.objects.get()
    assert (saved.title_en, saved.title_ru, saved.comment_policy) == ("Translated", article.title_ru, "open")
    assert not saved.title_zh_hans
    assert set(saved.editions.values_list("language", "status")) == {("ru", "published"), ("en", "review")}


def test_translator_of_the_source_s_language_cannot_touch_the_source():
    translator = signed_in("Translator", languages=["ru"])
    article = make_article(["ru"])

    response = translator.post(address(article), {"title_ru": "Подмена", "opened_version": 1})

    assert response.status_code == 403
    assert Article.objects.get().title_ru == article.title_ru


@pytest.mark.parametrize(
    ("role", "status"),
    [("Reporter", "draft"), ("Translator", "draft"), ("Editor", "published"), ("Moderator", "draft")],
)
def test_bulk_publishing(role, status):
    client = signed_in(role)
    article = make_article(["ru"], published=False, created_by=client.user, lead_ru="Вводка.")

    act(client, "publish_selected", article)

    assert article.editions.get().status == status


def test_administrator_makes_no_superuser():
    administrator = signed_in("Administrator")
    boss = make_user("boss", is_staff=True, is_superuser=True)
    user = make_user("novice")

    page = administrator.get(f"/en/admin/infoshos/user/{user.pk}/change/")
    data = posted(page) | {"is_superuser": "on", "languages": ["en"], "date_joined": ""}
    assert administrator.post(f"/en/admin/infoshos/user/{user.pk}/change/", data).status_code == 302

    user.refresh_from_db()
    assert (user.is_superuser, user.languages) == (False, ["en"])
    assert administrator.post(f"/en/admin/infoshos/user/{boss.pk}/change/", {"username": "x"}).status_code == 403
    assert administrator.post(f"/en/admin/infoshos/user/{boss.pk}/password/", {}).status_code == 403


def test_right_password_is_refused_too_after_ten_wrong_ones(client):
    make_user("desk", is_staff=True)
    client = Client()
    for _ in range(10):
        response = client.post("/en/admin/login/", {"username": "desk", "password": "wrong"})
    assert response.status_code == 429
    page = response.content.decode()
    assert 'lang="en"' in page
    assert "Too many attempts" in page

    response = client.post("/en/admin/login/", {"username": "desk", "password": "secret-pass-42"})

    assert response.status_code == 429
    assert client.get("/en/admin/").status_code == 302


@pytest.mark.django_db
def test_picture_does_not_tell_a_reporter_of_others_drafts(client):
    image = make_image()
    make_article(["en"], published=False, title_en="Secret plans", lead_image=image)
    address = f"/en/admin/news/image/{image.pk}/change/"

    client.force_login(make_user(groups=["Editor"]))
    assert "Secret plans" in client.get(address).content.decode()
    client.force_login(make_user(groups=["Reporter"]))
    response = client.get(address)
    assert response.status_code == 200
    assert "Secret plans" not in response.content.decode()
    assert "an article that you may not see" in response.content.decode()


@pytest.mark.parametrize(
    ("language", "rights", "role"),
    [
        ("en", ["News | article | Can add", "News | edition | Can publish and withdraw"], "Editor"),
        ("ru", ["Новости | материал | может добавлять", "Новости | языковая версия | может публиковать и снимать"], "Редактор"),
        ("zh-hans", ["新闻 | 稿件 | 可添加", "新闻 | 语言版本 | 可发布和撤下"], "编辑"),
    ],
)  # fmt: skip
def test_rights_and_roles_are_named_in_the_language_of_the_desk(language, rights, role):
    editors = Group.objects.get(name="Editor")
    make_user(groups=["Editor"])
    own = Group.objects.create(name="Гости 客人")
    prefix = "" if language == "ru" else f"/{language}"
    boss = signed_in()

    form = boss.get(f"{prefix}/admin/auth/group/{editors.pk}/change/").content.decode()
    people = boss.get(f"{prefix}/admin/infoshos/user/").content.decode()

    choices = re.findall(r"<option[^>]*>(.*?)</option>", form)
    assert len(choices) == Permission.objects.count()
    assert set(rights) <= set(choices)
    assert [label for label in choices if foreign(language, label)] == []
    assert people.count(f">{role}<") == 2  # in the list and beside it, where one filters
    assert str(own) == "Гости 客人"
