import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_comments_xtd.models import XtdComment

from comments import threads
from comments.models import CommentReport, PendingComment, TypoReport
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
COMMENTS = "/en/admin/django_comments_xtd/xtdcomment/"
TYPOS = "/en/admin/comments/typoreport/"
PENDING = "/en/admin/comments/pendingcomment/"


@pytest.fixture
def moderator(client):
    user = make_user("mod", groups=["Moderator"])
    client.force_login(user)
    return user


def make_typo(article, **fields):
    values = {
        "quote": "begining",
        "prefix": "One. The ",
        "suffix": " was <b>cold</b>. Two.",
        "correction": "beginning",
    }
    return TypoReport.objects.create(article=article, language="en", **values | fields)


def test_moderator_approves_and_rejects_in_bulk(client, moderator, post, shown, article):
    good, bad = post("good words", public=False), post("bad words", public=False)

    client.post(COMMENTS, {"action": "approve", "_selected_action": [good.pk]})
    client.post(COMMENTS, {"action": "reject", "_selected_action": [bad.pk]})

    page = shown(article)
    assert "good words" in page
    assert "bad words" not in page
    good.refresh_from_db()
    assert [decision.decided_by for decision in good.posting.decisions.all()] == [moderator]
    assert client.get(f"{COMMENTS}?state=waiting").context["cl"].result_count == 0


def test_moderator_decides_in_the_comments_own_form(client, moderator, post):
    held = post("held words", public=False)
    CommentReport.objects.create(comment=held, reason="rude", ip_hash="x")
    path = f"{COMMENTS}{held.pk}/change/"

    page = client.get(path).content.decode()
    assert "held words" in page
    assert "rude" in page
    assert client.post(path, {"_approve": "1"}).status_code == 302
    assert XtdComment.objects.get().is_public
    client.post(path, {"comment": "changed words", "is_public": "", "_save": "1"})
    assert (XtdComment.objects.get().comment, XtdComment.objects.get().is_public) == ("held words", True)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("waiting", {"held"}),
        ("published", {"public", "reported"}),
        ("withdrawn", {"gone"}),
        ("reported", {"reported"}),
    ],
)
def test_states(client, moderator, post, state, found):
    from comments import moderation

    post("held", public=False)
    post("public")
    moderation.reject([post("gone")])
    reported = post("reported")
    for name in "ab":
        CommentReport.objects.create(comment=reported, ip_hash=name, device=name)

    rows = client.get(f"{COMMENTS}?state={state}").context["cl"].result_list

    assert {row.comment for row in rows} == found
    assert len(rows) == len(found)


@pytest.mark.parametrize("path", [COMMENTS, TYPOS, PENDING])
def test_lists_take_a_constant_number_of_queries(client, moderator, path):
    counts = []
    for number in (1, 30):
        for _ in range(number):
            article = make_article()
            threads.post(article, "en", text="words", name="Reader", public=False)
            make_typo(article)
            PendingComment.objects.create(
                article=article, language="en", name="A", email="a@example.org", text="words"
            )
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


def test_search_in_any_case(client, moderator, post):
    post("Привет, Ташкент", language="ru")

    assert client.get(f"{COMMENTS}?q=привет").context["cl"].result_count == 1


def test_typo_reports_show_the_quote_marked_in_its_sentence(client, moderator, article):
    make_typo(article)

    page = client.get(TYPOS).content.decode()

    assert "The <mark>begining</mark> was &lt;b&gt;cold&lt;/b&gt;." in page
    assert "One." not in page
    assert article.address("en") in page


def test_moderator_accepts_and_declines_reports(client, moderator, article):
    one, two = make_typo(article), make_typo(article, quote="other")

    client.post(TYPOS, {"action": "accept", "_selected_action": [one.pk]})
    client.post(f"{TYPOS}{two.pk}/change/", {"_decline": "1"})

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.status, two.status) == ("accepted", "declined")
    assert one.decided_by == moderator
    assert one.decided_at


def test_reporter_sees_none_of_the_queues(client, article):
    client.force_login(make_user(groups=["Reporter"]))

    for path in (COMMENTS, TYPOS, PENDING):
        assert client.get(path).status_code == 403


def test_nothing_can_be_added_and_pending_rows_not_be_changed(client, moderator, pending):
    row = pending()

    assert client.get(f"{PENDING}{row.pk}/change/").status_code == 200
    assert client.post(f"{PENDING}{row.pk}/change/", {"text": "x"}).status_code == 403
    for path in (COMMENTS, TYPOS, PENDING):
        assert client.get(f"{path}add/").status_code == 403


def test_the_packages_own_lists_are_gone():
    names = {model._meta.label for model in admin.site._registry}

    assert "django_comments_xtd.XtdComment" in names
    assert not {"django_comments.Comment", "django_comments_xtd.BlackListedDomain"} & names


def test_number_too_large_for_the_database_is_no_fault(admin_client):
    response = admin_client.get("/en/admin/django_comments_xtd/xtdcomment/99999999999999999999999/change/")

    assert response.status_code == 302  # to the desk, with a message
