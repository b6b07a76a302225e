import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_comments_xtd.models import XtdComment

from comments import moderation, threads
from comments.models import Posting
from news import caching
from news.models import Article
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def order(page):
    return re.findall(r'id="c(\d+)"', page)


def test_threads_are_shown_in_order_with_their_answers(article, post, shown):
    first = post("first")
    second = post("second")
    answer = post("answer to first", parent=first)
    deep = post("deep", parent=answer)

    page = shown(article)

    assert order(page) == [str(c.pk) for c in (first, answer, deep, second)]
    assert [c.level for c in (first, answer, deep)] == [0, 1, 2]
    assert f"?reply={answer.pk}" in page
    assert f"?reply={deep.pk}" not in page  # three levels
    assert re.search(r'comments__count">4<', page)


def test_too_deep_or_foreign_answers_are_refused_without_a_trace(article, post):
    deep = post("2", parent=post("1", parent=post("0")))
    count = XtdComment.objects.count()

    for parent, where in [(deep, article), (deep, make_article())]:
        with pytest.raises(ValidationError):
            threads.post(where, "en", text="x", name="y", parent=parent, public=True)

    assert XtdComment.objects.count() == count == Posting.objects.count()


def test_each_language_has_its_own_discussion(article, post, shown):
    post("English words")
    post("Русские слова", language="ru")

    assert "English words" in shown(article, "en")
    assert "Русские слова" not in shown(article, "en")
    assert "Русские слова" in shown(article, "ru")
    assert "English words" not in shown(article, "zh-hans")


def test_text_in_another_script_is_marked_with_its_language(article, post, shown):
    post("Хорошо сказано", name="李明")
    post("Plain English", name="Tom")

    page = shown(article, "en")

    assert re.search(r'lang="ru"\s*><p>Хорошо', page)
    assert re.search(r'lang="zh-Hans"\s*>李明', page)
    assert page.count(" lang=") == 2


def test_held_comments_and_what_answers_them_are_hidden(article, post, shown):
    parent = post("parent words")
    post("child words", parent=parent)
    post("held words", public=False)
    moderation.hold([parent])

    page = shown(article)

    assert "held words" not in page
    assert "parent words" not in page
    assert "child words" not in page
    moderation.approve([parent])
    assert "child words" in shown(article)


def test_withdrawn_comment_keeps_its_place_for_its_answers_only(article, post, shown):
    parent = post("parent words")
    answer = post("child words", parent=parent)
    moderation.reject([parent])

    page = shown(article)
    assert "parent words" not in page
    assert "child words" in page
    assert re.search(r'comments__count">1<', page)
    moderation.reject([answer])
    assert order(shown(article)) == []


def test_approving_a_parent_does_not_show_answers_that_were_withdrawn_one_by_one(article, post, shown):
    parent = post("parent")
    moderation.reject([post("rejected words", parent=parent)])
    moderation.hold([parent])

    moderation.approve([parent])

    assert "rejected words" not in shown(article)


@pytest.mark.parametrize("number", [1, 30])
def test_the_discussion_takes_two_queries(article, post, shown, number, django_assert_num_queries):
    for _ in range(number):
        post("level 2", parent=post("level 1", parent=post("level 0")))
    article = Article.objects.published("en").prefetch_related("editions").get(pk=article.pk)
    shown(article)

    with django_assert_num_queries(2):
        page = shown(article)
    assert len(order(page)) == min(3 * number, 48)  # whole threads up to 50 comments


def test_hidden_discussion_shows_nothing_and_asks_nothing(article, post, shown, django_assert_num_queries):
    post("words")
    article.comment_policy = Article.Comments.HIDDEN

    article.edition_in("en")
    with django_assert_num_queries(1):  # the article's address, for the request
        assert "words" not in shown(article)
    article.comment_policy = Article.Comments.CLOSED
    assert "words" in shown(article)
    assert "/new/" not in shown(article)


def test_page_carries_no_form_no_token_and_no_address(article, post, shown):
    post("words", email="secret@example.org")

    page = shown(article)

    assert page.count("<form") == 1  # the votes' one, empty
    assert 'type="hidden"' not in page
    assert "csrf" not in page
    assert "secret@" not in page
    assert " style=" not in page
    assert " onclick=" not in page


def test_an_answer_is_stored_in_a_constant_number_of_queries(article, post):
    first = post("first")
    with CaptureQueriesContext(connection) as few:
        post("answer", parent=first)
    for _ in range(20):
        post("more", parent=first)
    with CaptureQueriesContext(connection) as many:
        post("answer", parent=first)

    assert len(many) == len(few) <= 14


def test_public_comments_make_pages_of_their_language_stale_and_held_ones_none(article, post):
    before = {code: caching.state(code) for code in ("ru", "en", "zh-hans")}
    held = post("held", public=False)
    moderation.reject([post("spam", public=False)])
    assert {code: caching.state(code) for code in before} == before

    moderation.approve([held])

    after = {code: caching.state(code) for code in before}
    assert {code for code in before if before[code] != after[code]} == {"en"}


def test_bulk_approval_takes_a_constant_number_of_queries(article, post):
    first = post("first", email="a@example.org", followup=True)
    counts = []
    for number in (2, 40):
        held = [post("held", parent=first, public=False) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert moderation.approve(held) == number
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10


def test_deciding_twice_changes_nothing(article, post):
    held = post("held", public=False)
    assert moderation.approve([held]) == 1
    state = caching.state("en")

    assert moderation.approve([held]) == 0
    assert caching.state("en") == state


def test_comments_are_deleted_with_their_article(article, post):
    post("child", parent=post("parent"))
    other = post("elsewhere", on=make_article())

    article.delete()

    assert list(XtdComment.objects.all()) == [other]


def test_the_packages_own_addresses_are_not_there(client, article):
    for path in (
        "/comments/post/",
        "/comments/api/",
        f"/comments/reply/{article.pk}/",
        "/comments/sent/",
        "/comments/posted/",
    ):
        assert client.get(path).status_code == 404
