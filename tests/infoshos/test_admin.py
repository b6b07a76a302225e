import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from infoshos.models import ContactMessage, Page
from news.models import Article
from states.models import State

from ..factories import make_article, make_image, make_section, make_user
from ..news.test_admin import posted, signed_in

pytestmark = pytest.mark.django_db
PREFIXES = {"ru": "", "en": "/en", "zh-hans": "/zh-hans"}
LISTS = [
    "news/article", "news/section", "news/tag", "news/author", "news/image", "news/homepageslot", "infoshos/page",
    "infoshos/partnerlink", "infoshos/sitenotice", "infoshos/magazine", "infoshos/contactmessage", "infoshos/user",
    "auth/group",
]  # fmt: skip


@pytest.fixture
def boss():
    return signed_in()


def policy(response):
    return dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))


@pytest.mark.parametrize("language", PREFIXES)
@pytest.mark.parametrize("path", [*LISTS, ""])
def test_every_list_opens_in_every_language(boss, path, language):
    response = boss.get(f"{PREFIXES[language]}/admin/{path}{'/' if path else ''}")

    page = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}"' in page
    for name in ("script-src", "style-src"):
        assert "unsafe" not in policy(response)[name]


@pytest.mark.parametrize(
    "path", [path for path in LISTS if path not in ("infoshos/contactmessage", "news/homepageslot")]
)
def test_every_form_opens_empty(boss, path):
    assert boss.get(f"/en/admin/{path}/add/").status_code == 200


def test_language_switch_keeps_the_place(boss):
    page = boss.get("/zh-hans/admin/news/article/?q=tea&o=1").content.decode()

    assert 'href="/admin/news/article/?q=tea&amp;o=1" lang="ru"' in page
    assert 'href="/en/admin/news/article/?q=tea&amp;o=1" lang="en"' in page


def test_sign_in_page_speaks_the_address_s_language(client):
    page = client.get("/en/admin/login/").content.decode()

    assert '<html lang="en"' in page
    assert 'href="/zh-hans/admin/login/"' in page


def test_page_is_written_in_rich_text(boss):
    page = Page.objects.create(slug="rules", title_en="Rules")
    address = f"/en/admin/infoshos/page/{page.pk}/change/"

    boss.post(address, posted(boss.get(address)) | {"body_en": '<p class="x">Text<script>1</script></p>'})

    page.refresh_from_db()
    assert (page.body_en, page.body_ru or "") == ("<p>Text</p>", "")


def test_picture_on_a_page_counts_as_used(boss):
    image = make_image()
    Page.objects.create(
        slug="rules", title_en="Rules", body_en=f'<figure><img src="/images/{image.token}/" alt=""></figure>'
    )

    assert ">Rules</a>" in boss.get(f"/en/admin/news/image/{image.pk}/change/").content.decode()
    boss.post(f"/en/admin/news/image/{image.pk}/delete/", {"post": "yes"})
    image.refresh_from_db()


def test_letters_are_read_and_marked_but_not_rewritten():
    editor = signed_in("Editor")
    letter = ContactMessage.objects.create(language="en", name="A", email="a@example.org", subject="S", text="T")
    address = f"/en/admin/infoshos/contactmessage/{letter.pk}/change/"

    editor.post(address, {"text": "Rewritten"})
    act = {"action": "mark_answered", "_selected_action": [letter.pk]}
    editor.post("/en/admin/infoshos/contactmessage/", act)

    letter.refresh_from_db()
    assert letter.text == "T"
    assert letter.answered_at is not None
    assert list(editor.get("/en/admin/infoshos/contactmessage/?answered=no").context["cl"].queryset) == []


def test_user_gets_roles_and_languages(boss):
    user = make_user("translator")
    address = f"/en/admin/infoshos/user/{user.pk}/change/"

    response = boss.post(address, posted(boss.get(address)) | {"languages": ["en", "zh-hans"], "is_staff": "on"})

    assert response.status_code == 302
    user.refresh_from_db()
    assert (user.languages, user.is_staff) == (["en", "zh-hans"], True)


def test_add_user_form_works(boss):
    data = {
        "username": "novice",
        "usable_password": "true",
        "password1": "long-enough-42",
        "password2": "long-enough-42",
    }

    assert boss.post(reverse("admin:infoshos_user_add"), data).status_code == 302


@pytest.mark.parametrize(
    "query", ["?p=999999999", "?o=99.-1", "?q=%F0%9F%92%A5", "?status_en=nonsense", "?section__id__exact=x"]
)
def test_odd_addresses_of_lists_are_no_errors(boss, query):
    make_article()

    assert boss.get(f"/en/admin/news/article/{query}").status_code in (200, 302)


@pytest.mark.parametrize("number", ["99999999999999999999999", "abc", "0", "-1", "_5F"])
def test_articles_that_are_not_there(boss, number):
    for path in ("change", "history", "delete", "preview/en", "history/1"):
        assert boss.get(f"/en/admin/news/article/{number}/{path}/").status_code in (302, 404)


def changed(client, path, **values):
    form = client.get(path)
    response = client.post(path, posted(form) | values)
    assert response.status_code == 302, response.context["errors"]


PLACE = {"position": "77", "formal_name_en": "Another name"}
NAME = {"name_en": "Another name"}  # whose name is a thing's and not a person's
STATUS = {"memberships-0-approximate": "on"}  # which names no state in the language of who saved it


@pytest.mark.parametrize(
    ("language", "values", "words"),
    [
        ("ru", PLACE, "Изменено Порядок и Официальное название · Английский."),
        ("en", PLACE, "Changed Position and Formal name · English."),
        ("zh-hans", PLACE, "已修改排序 和 正式国名 · 英文。"),
        ("ru", NAME, "Изменено Название · Английский."),
        ("en", NAME, "Changed Name · English."),
        ("zh-hans", NAME, "已修改名称 · 英文。"),
        ("ru", STATUS, "Изменено Приблизительно у статус в организации “KZ · 2001-06-15“."),
        ("en", STATUS, "Changed Approximate for status in the organisation “KZ · 2001-06-15”."),
        ("zh-hans", STATUS, "修改了 在上合组织中的地位“KZ · 2001-06-15”的 约略日期。"),
    ],
)
def test_history_of_what_has_no_revisions_speaks_the_reader_s_language(boss, language, values, words):
    state = State.objects.get(iso2="KZ")
    changed(boss, f"/zh-hans/admin/states/state/{state.pk}/change/", **values)

    page = boss.get(f"{PREFIXES[language]}/admin/states/state/{state.pk}/history/").content.decode()

    assert re.findall("<td>(.*?)</td>", page, re.DOTALL)[1:] == [words]


@pytest.mark.parametrize(
    ("language", "role", "state"),
    [("ru", "Редактор", "Казахстан"), ("en", "Editor", "Kazakhstan"), ("zh-hans", "编辑", "哈萨克斯坦")],
)
def test_last_changes_are_named_in_the_reader_s_language(boss, language, role, state):
    changed(boss, f"/zh-hans/admin/states/state/{State.objects.get(iso2='KZ').pk}/change/", position="77")
    changed(boss, f"/admin/auth/group/{Group.objects.get(name='Editor').pk}/change/", permissions=[])

    assert last_changes(boss, language) == [role, state]


def last_changes(client, language):
    page = client.get(f"{PREFIXES[language]}/admin/").content.decode()
    [names] = re.findall(r'<ul class="actionlist">(.*?)</ul>', page, re.DOTALL)
    return re.findall("<(?:a|span)(?! class)[^>]*>([^<]*)</", names)


def test_last_changes_name_what_may_not_be_seen_as_it_was(boss):
    article = make_article(["en"], published=False, title_en="Before")
    LogEntry.objects.log_actions(boss.user.pk, [article], CHANGE, [{"changed": {"fields": ["Title"]}}])
    Article.objects.update(title_en="A secret")
    assert last_changes(boss, "en") == ["A secret"]

    boss.user.is_superuser = False
    boss.user.save()

    assert last_changes(boss, "en") == ["Before"]


@pytest.mark.parametrize("key", ["junk", "", "9" * 23])
def test_last_changes_stand_what_others_wrote_into_the_log(boss, key):
    LogEntry.objects.create(
        user=boss.user,
        content_type=ContentType.objects.get_for_model(State),
        object_id=key,
        object_repr="Imported",
        action_flag=CHANGE,
    )

    assert last_changes(boss, "en") == ["Imported"]


def test_last_changes_name_what_is_gone_with_its_language(boss):
    boss.get("/admin/")
    section = make_section("gone", title_ru="Бывшая", title_en="Former")
    response = boss.post(f"/admin/news/section/{section.pk}/delete/", {"post": "yes"})
    assert response.status_code == 302

    assert '<span lang="ru">Бывшая</span>' in boss.get("/en/admin/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_last_changes_take_few_queries(boss, number, rf, django_assert_num_queries):
    for article in [make_article() for _number in range(number)]:
        LogEntry.objects.log_actions(boss.user.pk, [article], CHANGE, [])
    request = rf.get("/en/admin/")
    request.user, request.LANGUAGE_CODE = boss.user, "en"
    request.user.has_perm("news.view_article")
    with django_assert_num_queries(2):
        assert len(admin.site.last_changes(request)) == number
