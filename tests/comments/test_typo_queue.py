"""The queue of typo reports in the admin, without a script."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import typos
from comments.models import TypoDecision, TypoReport
from news.models import Article
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
QUEUE = "/en/admin/comments/typoreport/queue/"


@pytest.fixture
def moderator(client):
    user = make_user("mod", groups=["Moderator"])
    client.force_login(user)
    return user


@pytest.fixture
def report(db):
    """report(): a mistake in the text of an article of its own, told by a reader."""

    def report(quote="begining", correction="beginning", language="en", article=None, **data):
        texts = {"body_en": "<p>Tea. The begining was <b>cold</b>. More tea.</p>", "body_ru": "<p>Поезд ушол.</p>"}
        names = ("prefix", "suffix", "remark", "name", "email", "image", "field", "position", "version")
        values = dict.fromkeys(names, "") | {"field": "body", "position": None, "version": None} | data
        article = article or make_article(**texts)
        return typos.take(article, language, {"quote": quote, "correction": correction} | values, "")

    return report


def plain(response):
    return " ".join(html.unescape(response.content.decode()).split())


def test_sentence_is_shown_before_and_after(client, moderator, report):
    row = report(remark="<i>Twice n</i>", name="Anna")

    page = client.get(QUEUE).content.decode()

    assert "The <del>begining</del> was cold.</dd>" in page
    assert "The <ins>beginning</ins> was cold.</dd>" in page
    assert "Tea. The" not in page
    assert "&lt;i&gt;Twice n&lt;/i&gt;" in page
    assert row.article.address("en") in page


@pytest.mark.parametrize(
    ("desk", "now", "then"), [("/en", "Now", "Then"), ("", "Сейчас", "Станет"), ("/zh-hans", "现在", "改后")]
)
def test_both_sentences_are_called_right(client, moderator, report, desk, now, then):
    report()

    page = client.get(QUEUE.replace("/en", desk, 1)).content.decode()

    assert re.findall(r"<dt>([^<]*)</dt>\s*<dd[^>]*>The <(\w+)>", page) == [(now, "del"), (then, "ins")]


def test_button_corrects_and_leads_to_the_next(client, moderator, report):
    first, second = report(), report()

    response = client.post(QUEUE, {"place": first.place, "correction": "beginning", "next": second.place}, follow=True)

    assert response.redirect_chain == [(f"{QUEUE}?#t-{second.place}", 302)]
    assert "Corrected: “beginning”." in plain(response)
    assert (
        Article.objects.get(pk=first.article_id).body_en
        == "<p>Tea. The beginning was <strong>cold</strong>. More tea.</p>"
    )
    assert [group.first for group in response.context["groups"]] == [second]


@pytest.mark.parametrize(
    ("action", "status", "kind", "mails"),
    [
        ("mended", "accepted", "mended", 1),
        ("decline", "declined", "declined", 1),
        ("silent", "declined", "declined", 0),
    ],
)
def test_other_decisions(client, moderator, report, action, status, kind, mails):
    row = report(email="anna@example.org")

    client.post(QUEUE, {"place": row.place, "action": action})

    row.refresh_from_db()
    assert (row.status, row.decision.kind, row.decision.answers.count()) == (status, kind, mails)
    assert "begining" in Article.objects.get().body_en


def test_decision_is_taken_back_by_its_button(client, moderator, report):
    row = report()
    client.post(QUEUE, {"place": row.place, "correction": "beginning"})
    decision = TypoDecision.objects.get()
    assert f'name="undo" value="{decision.pk}"' in client.get(QUEUE).content.decode()

    response = client.post(QUEUE, {"undo": decision.pk}, follow=True)

    assert "Taken back: “begining” waits again." in plain(response)
    assert "begining" in Article.objects.get().body_en
    assert [group.first for group in response.context["groups"]] == [row]


def test_second_moderator_is_told(client, moderator, report):
    row = report()
    typos.decide(row.place, "declined", by=make_user("quick", first_name="Quick", groups=["Editor"]))

    response = client.post(QUEUE, {"place": row.place, "correction": "beginning"}, follow=True)

    assert "quick has decided on this already: declined." in plain(response).lower()
    assert "begining" in Article.objects.get().body_en


def test_place_that_is_gone_leads_to_the_editor(client, moderator, report):
    row = report()
    Article.objects.update(body_en="<p>Something else.</p>", version=2)

    page = client.get(QUEUE).content.decode()
    response = client.post(QUEUE, {"place": row.place, "correction": "beginning"}, follow=True)

    assert "The place is not certain" in page
    assert 'value="beginning"' not in page
    assert f'/en/admin/news/article/{row.article_id}/change/#id_body_en"' in page
    assert "Nothing was changed" in plain(response)
    assert Article.objects.get().body_en == "<p>Something else.</p>"


def test_mended_place_is_called_so(client, moderator, report):
    report()
    Article.objects.update(body_en="<p>Tea. The beginning was <b>cold</b>. More tea.</p>", version=2)

    page = client.get(QUEUE).content.decode()

    assert "Mended already" in page
    assert 'value="beginning"' not in page


def test_queue_of_one_language(client, moderator, report):
    report()
    russian = report("ушол", "ушёл", "ru")

    groups = client.get(f"{QUEUE}?language=ru").context["groups"]

    assert [group.first for group in groups] == [russian]


def test_queue_takes_a_constant_number_of_queries(client, moderator, report):
    counts = []
    for number in (1, 12):
        for _ in range(number):
            report()
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(QUEUE).status_code == 200
        counts.append(len(queries))

    assert counts == [12, 12]


def test_queue_is_paged(client, moderator, report):
    article = make_article(body_en="<p>" + " ".join(f"word{number} is here." for number in range(25)) + "</p>")
    for number in range(25):
        report(f"word{number} ", "x", article=article) if number < 0 else report(
            f"word{number} is", "x", article=article
        )

    first, second = (client.get(f"{QUEUE}?page={page}").context for page in (1, 2))

    assert (len(first["groups"]), len(second["groups"]), first["page"].paginator.count) == (20, 5, 25)


def test_correcting_is_a_right_of_its_own(client, report):
    user = make_user("helper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_typoreport", "change_typoreport"]))
    client.force_login(user)
    row = report()

    assert 'name="correction"' not in client.get(QUEUE).content.decode()
    assert client.post(QUEUE, {"place": row.place, "correction": "beginning"}).status_code == 403
    assert client.post(QUEUE, {"place": row.place, "action": "decline"}).status_code == 302
    assert "begining" in Article.objects.get().body_en


@pytest.mark.parametrize(("role", "status"), [("Editor", 200), ("Reporter", 403), ("Translator", 403)])
def test_queue_is_for_editors_and_moderators(client, report, role, status):
    client.force_login(make_user(groups=[role]))
    row = report()

    assert client.get(QUEUE).status_code == status
    client.post(QUEUE, {"place": row.place, "action": "decline"})
    assert TypoReport.objects.filter(status="new").exists() == (status == 403)


@pytest.mark.parametrize(
    "data",
    [
        {"place": "x" * 5000, "correction": "y"},
        {"place": "\x00", "action": "decline"},
        {"place": "", "correction": "z" * 100_000},
        {"action": "drop table"},
        {"next": "//example.org/", "action": "decline"},
        {"undo": "9" * 400},
        {"undo": "-1"},
    ],
)
def test_forged_decisions_change_nothing(client, moderator, report, data):
    report()

    response = client.post(QUEUE, data)

    assert response.status_code in {302, 404}
    assert response.get("Location", QUEUE).startswith(QUEUE)
    assert TypoReport.objects.get().status == "new"


def test_control_characters_go_nowhere(client, moderator, report):
    row = report("Story", "Tale", article=make_article(title_en="Story one"), field="title")

    assert client.get(f"{QUEUE}?language=xx&page=-7").status_code == 200
    client.post(QUEUE, {"place": row.place, "correction": "Ta\x00l\u202ee"})

    assert Article.objects.get().title_en == "Tale one"


def test_list_of_all_leads_to_the_queue_and_the_desk_has_the_figures(client, moderator, report):
    report()

    assert QUEUE in client.get("/en/admin/comments/typoreport/").content.decode()
    desk = plain(client.get("/en/admin/"))
    assert "1 report in 90 days, 0 of them corrected" in desk
    assert re.search(r"Politics</td> ?<td>1<", desk)
