import pytest
from django.urls import reverse

from infoshos.models import ContactMessage, Page

from ..factories import make_article, make_image, make_user
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
