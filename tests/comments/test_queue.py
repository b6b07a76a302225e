"""The moderators' queue: what it shows, what its buttons do, and at what cost."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_comments.models import Comment
from django_comments_xtd.models import XtdComment

from comments import moderation, threads
from comments.models import Ban, CommentReport, Decision, Posting, RejectionReason, TrustedWriter
from news.models import Article, Generation
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
QUEUE = "/en/admin/django_comments_xtd/xtdcomment/queue/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def moderator(client):
    user = make_user("mod", groups=["Moderator"], first_name="Olga", last_name="K")
    client.force_login(user)
    return user


def state(comment):
    return str(moderation.states([comment.pk])[0])


def signed(text):
    return moderation.signer.sign(text)


def flags(comment):
    return XtdComment.objects.values_list("is_public", "is_removed").get(pk=comment.pk)


def cards(client, query=""):
    return client.get(QUEUE + query).context["cards"]


def test_all_languages_wait_in_one_queue_the_oldest_first(client, moderator, post):
    for language, text in (("ru", "один"), ("en", "two"), ("zh-hans", "三")):
        post(text, language=language, public=False)
    post("shown")
    moderation.reject([post("gone", public=False)])

    assert [card.comment.comment for card in cards(client)] == ["один", "two", "三"]
    assert [card.comment.comment for card in cards(client, "?language=ru")] == ["один"]


def test_suspicious_ones_by_themselves(client, moderator, post):
    post("plain", public=False)
    post("links", public=False, held_because=[["links", 2]])

    (card,) = cards(client, "?suspicious")
    assert card.comment.comment == "links"
    assert card.reasons == ["2 links"]


def test_a_card_shows_article_answered_comment_and_the_writers_past(client, moderator, post, article):
    parent = post("What was said", name="Boris")
    eve = {"email": "eve@example.org", "public": False}
    moderation.decide(moderation.states([post("pills", **eve).pk]), "spam", None)
    moderation.reject([post("rude", **eve)])
    post("fine", email="Eve@example.org")
    post("by another", email="adam@example.org")
    held = post("now", parent=parent, **eve)
    CommentReport.objects.create(comment=held, ip_hash="x", reason="a lie")

    (card,) = cards(client)
    page = client.get(QUEUE).content.decode()

    assert [(str(name), times) for name, times in card.past] == [
        ("waiting", 1),
        ("approved", 1),
        ("rejected", 1),
        ("spam", 1),
        ("withdrawn by its writer", 0),
    ]
    assert [other.comment.comment for other in card.last] == ["fine", "rude", "pills"]
    for words in ("What was said", "Boris", "a lie", article.title_en, article.address("en"), "eve@example.org"):
        assert words in page
    assert "by another" not in page


def test_a_hostile_comment_stays_text(client, moderator, post):
    post("<script>alert(1)</script>", name='"><img src=x>', public=False, held_because=[["words", "<b>x</b>"]])

    page = client.get(QUEUE).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>x</b>" not in page


def test_the_queue_takes_a_constant_number_of_queries(client, moderator):
    counts = []
    for number in (1, 20):
        for place in range(number):
            article = make_article()
            parent = threads.post(article, "en", text="said", name="A", public=True, email=f"a{place}@example.org")
            held = threads.post(article, "en", text="held", name="B", parent=parent, email=f"b{place}@example.org")
            moderation.hold([parent])
            moderation.approve([parent], moderator)
            moderation.hold([held])
        client.get(QUEUE)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(QUEUE)
        counts.append(len(queries))
        assert len(response.context["cards"]) == (1 if number == 1 else 21)

    # session, user, user's and groups' permissions; count, page; how many are reported; articles, editions, decisions, reports;
    # answered comments; the writers' counts and last comments; who is trusted; words; reasons; decided lately
    assert counts == [18, 18]


def hold_answers(first, number):
    """That many answers to a comment, which wait; at once, as the package's rows can't be made in bulk by the ORM."""
    kind = ContentType.objects.get_for_model(Article)
    article = first.posting.article
    rows = Comment.objects.bulk_create(
        Comment(
            content_type=kind, object_pk=str(article.pk), site_id=1, user_name=f"Reader {place}", comment=f"Words {place}",
            user_email=f"r{place % 500}@example.org", submit_date=timezone.now(), is_public=False,
        )
        for place in range(number)
    )  # fmt: skip
    table = XtdComment._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO {table} (comment_ptr_id, thread_id, parent_id, level, "order", followup, nested_count)'
            " VALUES (%s, %s, %s, 1, %s, %s, 0)",
            [(row.pk, first.pk, first.pk, place, False) for place, row in enumerate(rows, 2)],
        )
    Posting.objects.bulk_create(
        Posting(comment_id=row.pk, article=article, language="en", author=row.user_email) for row in rows
    )


@pytest.mark.parametrize("number", [50, 5000])
def test_the_queue_of_a_long_thread_takes_as_many_queries_as_that_of_a_short_one(client, moderator, post, number):
    hold_answers(post("said"), number)
    client.get(QUEUE)

    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"{QUEUE}?page=100")

    assert response.context["page"].paginator.count == number
    assert len(response.context["cards"]) == 50
    assert len(queries) == 18


def changes(client, data):
    """What a decision asks of the database after session, user, and the user's and the groups' permissions."""
    with CaptureQueriesContext(connection) as queries:
        response = client.post(QUEUE, data, headers=JSON)
    assert response.status_code == 200
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert all(sql.startswith("SELECT") for sql in asked[:4])
    return [re.sub(r'^(\w+)(?: INTO|.* FROM)? "(\w+)".*', r"\1 \2", sql) for sql in asked[4:]]


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (
            {"action": "approved"},
            ["INSERT comments_decision", "UPDATE django_comments", "UPDATE news_generation"],
        ),
        ({"action": "spam"}, ["INSERT comments_decision", "UPDATE django_comments"]),
        (
            {"action": "reject"},
            ["SELECT comments_rejectionreason", "INSERT comments_decision", "UPDATE django_comments"],
        ),
    ],
)
def test_a_decision_takes_three_queries_at_most(client, moderator, post, data, wanted):
    reason = RejectionReason.objects.first()
    row = {"row": state(post(public=False, email="eve@example.org")), "reason": reason.pk}

    assert changes(client, row | data) == wanted


def test_approve_reject_and_spam(client, moderator, post):
    reason = RejectionReason.objects.first()
    good, bad, silent, spam = (post(public=False) for _ in range(4))

    for comment, data in (
        (good, {"action": "approved"}),
        (bad, {"reject": reason.pk}),
        (silent, {"reject": "0"}),
        (spam, {"action": "spam"}),
    ):
        response = client.post(QUEUE, {"row": state(comment)} | data, headers=JSON)
        assert response.status_code == 200
        assert response.json()["decision"] == Decision.objects.get(posting=comment.pk).pk

    assert [flags(comment) for comment in (good, bad, silent, spam)] == [
        (True, False),
        (False, True),
        (False, True),
        (False, True),
    ]
    log = Decision.objects.order_by("pk").values_list("verdict", "reason", "decided_by")
    assert list(log) == [
        ("approved", None, moderator.pk),
        ("rejected", reason.pk, moderator.pk),
        ("rejected", None, moderator.pk),
        ("spam", None, moderator.pk),
    ]


def test_without_a_script_the_page_comes_back_at_the_next_comment(client, moderator, post):
    first, second = post(public=False), post(public=False)
    page = client.get(QUEUE + "?language=en").content.decode()
    assert f'name="next" value="{second.pk}"' in page

    response = client.post(QUEUE + "?language=en", {"row": state(first), "action": "approved", "next": second.pk})

    assert (response.status_code, response["Location"]) == (302, f"{QUEUE}?language=en#c-{second.pk}")
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["Approved."]


def test_many_at_once(client, moderator, post):
    comments = [post(public=False) for _ in range(3)]
    rows = [state(comment) for comment in comments]
    moderation.approve([comments[0]], make_user("ivan"))

    response = client.post(QUEUE, {"row": rows, "action": "reject", "reason": RejectionReason.objects.first().pk})

    (message,) = get_messages(response.wsgi_request)
    assert str(message).startswith("2 comments: Rejected. ivan has decided on this comment meanwhile")
    assert [flags(comment) for comment in comments] == [(True, False), (False, True), (False, True)]


def test_the_second_moderator_is_told_who_decided_what_and_may_decide_again(client, moderator, post):
    held = post(public=False)
    row = state(held)
    moderation.decide(moderation.states([held.pk]), "spam", make_user("ivan"))

    response = client.post(QUEUE, {"row": row, "action": "approved"}, headers=JSON)

    assert response.status_code == 409
    assert re.fullmatch(
        r"ivan has decided on this comment meanwhile \(\d\d:\d\d\): spam\. Nothing was changed\.",
        response.json()["message"],
    )
    assert flags(held) == (False, True)
    again = client.post(QUEUE, {"row": response.json()["state"], "action": "approved"}, headers=JSON)
    assert again.status_code == 200
    assert flags(held) == (True, False)


def test_a_decision_is_taken_back_and_can_be_made_anew(client, moderator, post):
    held = post(public=False, name="Anna")
    made = client.post(QUEUE, {"row": state(held), "action": "spam"}, headers=JSON).json()["decision"]
    assert f'name="undo" value="{made}"' in client.get(QUEUE).content.decode()

    answer = client.post(QUEUE, {"undo": made}, headers=JSON).json()

    assert answer["message"] == "Taken back: the comment of Anna stands as before."
    assert answer["state"] == state(held)
    assert flags(held) == (False, False)
    assert f'name="undo" value="{made}"' not in client.get(QUEUE).content.decode()
    assert client.post(QUEUE, {"undo": made}, headers=JSON).status_code == 409


@pytest.mark.parametrize("headers", [JSON, {}], ids=["script", "no script"])
@pytest.mark.parametrize("model", [Decision, Generation])
def test_a_database_that_fails_half_way_leaves_all_as_it_was(client, moderator, post, monkeypatch, headers, model):
    held = [post(text, public=False) for text in "abc"]
    data = {"row": [state(row) for row in held], "action": "approved"}

    def fail(*args, **kwargs):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(model.objects, "bulk_create" if model is Decision else "filter", fail)
        response = client.post(QUEUE, data, headers=headers)
    assert response.status_code == 503
    assert all(row in response.content.decode() for row in data["row"])  # to send it again
    assert not Decision.objects.exists()
    assert [flags(row) for row in held] == [(False, False)] * 3

    client.post(QUEUE, data, headers=headers)
    assert [flags(row) for row in held] == [(True, False)] * 3


def test_ban_and_trust(client, moderator, post):
    bad, good = (post(public=False, email=f"{name}@example.org") for name in ("eve", "anna"))

    client.post(QUEUE, {"row": state(bad), "action": "ban", "scope": "email", "days": "30"})
    client.post(QUEUE, {"row": state(good), "action": "trust"})

    assert Ban.objects.values_list("value", flat=True).get() == "eve@example.org"
    assert TrustedWriter.objects.values_list("email", flat=True).get() == "anna@example.org"
    assert (flags(bad), flags(good)) == ((False, True), (True, False))
    nobody = client.post(QUEUE, {"row": state(post(public=False)), "action": "ban", "scope": "email"}, headers=JSON)
    assert nobody.status_code == 409
    assert "Nothing was banned" in nobody.json()["message"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"row": "1.0.waiting", "action": "approved"},
        {"row": signed("999999999.0.waiting.0.0.0.en"), "action": "dance"},
        {"row": "999999999.0.waiting.0.0.0.en", "action": "spam"},
        {"row": "9" * 5000, "action": "spam"},
        {"row": signed("5.0.waiting.0.0.0.en")},
        {"row": signed("5.0.waiting.0.0.0.en"), "action": "ban", "scope": "world", "days": "30"},
        {"row": signed("5.0.waiting.0.0.0.en"), "action": "ban", "scope": "email", "days": "-1"},
    ],
)
def test_nonsense_is_answered_plainly(client, moderator, data):
    assert client.post(QUEUE, data, headers=JSON).status_code == 400
    assert client.post(QUEUE, data).status_code == 302
    assert not Decision.objects.exists()


def test_a_comment_that_is_not_there_is_answered_plainly(client, moderator):
    response = client.post(QUEUE, {"row": signed("999999999.0.waiting.0.0.0.en"), "action": "spam"}, headers=JSON)

    assert (response.status_code, response.json()["state"]) == (409, "")
    assert response.json()["message"] == "The comment was withdrawn or deleted meanwhile."
    assert client.post(QUEUE, {"undo": "999999999"}, headers=JSON).status_code == 409


def test_editors_read_the_queue_and_decide_nothing(client, post):
    held = post("held words", public=False)
    client.force_login(make_user(groups=["Editor"]))

    page = client.get(QUEUE).content.decode()

    assert "held words" in page
    assert 'name="action"' not in page
    assert client.post(QUEUE, {"row": state(held), "action": "approved"}).status_code == 403
    assert flags(held) == (False, False)


@pytest.mark.parametrize("role", ["Reporter", "Translator"])
def test_other_roles_do_not_see_it(client, role):
    client.force_login(make_user(groups=[role]))

    assert client.get(QUEUE).status_code == 403
    assert client.post(QUEUE, {}).status_code == 403


def test_the_desk_and_the_list_lead_to_it(client, moderator, post):
    post(public=False)

    assert QUEUE in client.get("/en/admin/").content.decode()
    assert QUEUE in client.get("/en/admin/django_comments_xtd/xtdcomment/").content.decode()


@pytest.mark.parametrize("name", ["rejectionreason", "holdingrule", "ban", "trustedwriter", "decision"])
def test_lists_of_reasons_rules_bans_and_decisions(client, moderator, post, name):
    moderation.reject([post()], moderator)
    Ban.objects.create(kind="email", value="eve@example.org")

    assert client.get(f"/en/admin/comments/{name}/").status_code == 200
    assert client.get(f"/en/admin/comments/{name}/?q=eve").status_code == 200


def test_the_log_is_changed_by_nobody(client, post):
    moderation.reject([post()])
    client.force_login(make_user(groups=["Administrator"]))
    path = f"/en/admin/comments/decision/{Decision.objects.get().pk}"

    assert client.get(f"{path}/change/").status_code == 200
    assert client.post(f"{path}/change/", {"verdict": "approved"}).status_code == 403
    assert client.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/en/admin/comments/decision/add/").status_code == 403
