"""Discussions by the page: languages, order, permalinks."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from comments import moderation, pages, threads
from comments.models import TrustedWriter
from news.models import Article, Edition
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 4)


def address(article, language="en", rest=""):
    with translation.override(language):
        return reverse("comments:discussion", args=[article.pk]) + rest


def numbers(response):
    assert response.status_code == 200
    return [int(number) for number in re.findall(r'<li class="comment[^"]*" id="c(\d+)"', response.content.decode())]


def link(response, rel):
    """The address of the next page, or of the one before."""
    match = re.search(rf'href="([^"]+)#comments" rel="{rel} nofollow"', response.content.decode())
    return match and match[1].replace("&amp;", "&")


def walk(client, path, rel="next"):
    found = []
    while path:
        response = client.get(path)
        found.append(numbers(response))
        path = link(response, rel)
    return found


def pks(comments):
    return [comment.pk for comment in comments]


# Pages


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_every_thread_stands_whole_on_one_page_in_the_order_of_the_address(client, article, post, order):
    whole = []
    for answers in (2, 0, 3, 1, 0, 0, 0, 2):
        top = post("top")
        whole.append([top.pk, *pks(post("answer", parent=top) for _ in range(answers))])
    if order == "newest":
        whole = whole[::-1]

    found = walk(client, address(article, rest=f"?order={order}"))

    assert [number for page in found for number in page] == [number for thread in whole for number in thread]
    assert all(set(thread) <= set(page) for thread in whole for page in found if thread[0] in page)
    assert all(1 <= len(page) <= 4 for page in found)


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_nothing_is_read_twice_or_missed_while_comments_come_and_go(client, article, post, order):
    held = post("held", public=False)
    there = pks(post(str(number)) for number in range(13))
    first = client.get(address(article, rest=f"?order={order}"))
    anchor = numbers(first)[-1]

    moderation.approve([held])  # one before all of them
    new = post("new").pk
    moderation.reject(threads.discussion(article, "en").filter(pk=anchor))  # the one that the link names
    rest = [number for page in walk(client, link(first, "next")) for number in page]

    wanted = [number for number in there if number not in numbers(first)]
    assert rest == ([*wanted, new] if order == "oldest" else [*wanted[::-1], held.pk])


def test_going_back_misses_nothing(client, article, post):
    there = pks(post(str(number)) for number in range(10))
    last = numbers(client.get(address(article, rest=f"?after={there[6]}")))

    assert last == there[7:]
    assert (
        sorted({n for page in walk(client, address(article, rest=f"?after={there[6]}"), "prev") for n in page})
        == there
    )


def test_a_huge_thread_is_cut_and_its_rest_has_an_address_of_its_own(client, article, post):
    small = post("before")
    top = post("top")
    first, second = post("first", parent=top), post("second", parent=top)
    deep = [post("deep", parent=first) for _ in range(6)]
    answers = [first, second, *(post("answer", parent=top) for _ in range(5))]
    after = post("after")

    found = walk(client, address(article))
    assert found == [[small.pk], [top.pk, first.pk, *pks(deep[:2])], [after.pk]]
    page = client.get(address(article, rest=f"?after={small.pk}")).content.decode()
    assert "4 more replies" in page  # below the first answer
    assert "6 more replies" in page  # the answers after it

    of_first, of_top = (address(article, rest=f"thread/{node.pk}/") for node in (first, top))
    assert f"{of_first}?after={deep[1].pk}" in page
    assert f"{of_top}?after={first.pk}" in page
    assert walk(client, f"{of_first}?after={deep[1].pk}") == [[first.pk, *pks(deep[2:])]]
    below = walk(client, f"{of_top}?after={first.pk}")
    assert below == [[top.pk, *pks(answers[1:5])], [top.pk, *pks(answers[5:])]]


@pytest.mark.parametrize("number", [3, 60])
def test_a_page_takes_the_same_queries_for_few_and_for_many(client, article, post, number, django_assert_num_queries):
    for _ in range(number):
        last = post("deep", parent=post("answer", parent=post("top")))
    for rest in ("", "?order=newest", "?language=all", f"?after={last.thread_id - 1}"):
        client.get(address(article, rest="?warm"))
        # three states; article, editions; how comments hang together, their words; the furniture's three
        with django_assert_num_queries(10):
            numbers(client.get(address(article, rest=rest)))
        with django_assert_num_queries(3):
            numbers(client.get(address(article, rest=rest)))
    # posting, article, editions; how comments hang together
    with django_assert_num_queries(4):
        assert client.get(f"/en/comments/c{last.pk}/").status_code == 302


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 11, str(2**31), "²", "1%00"])
def test_a_made_up_place_is_refused(client, article, after):
    assert client.get(address(article, rest=f"?after={after}")).status_code in {400, 404}


def test_an_article_without_comments_has_a_page_and_what_is_hidden_has_none(client, article, post):
    assert numbers(client.get(address(article))) == []
    comment = post("words")
    Article.objects.filter(pk=article.pk).update(comment_policy="hidden")
    for path in ("{article}/", "{article}/thread/{comment}/", "c{comment}/", "vote/{comment}/", "report/{comment}/"):
        path = path.format(article=article.pk, comment=comment.pk)
        assert client.get(f"/en/comments/{path}?").status_code == 404, path


def test_pages_are_public_and_are_not_for_search_engines(client, article, post):
    post("words")
    response = client.get(address(article))

    assert response["ETag"]
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert "no-store" not in response["Cache-Control"]
    post("more words")
    assert "more words" in client.get(address(article)).content.decode()


# Languages


def test_readers_see_their_language_or_all_with_the_number_of_each(client, article, post):
    english = post("English words")
    russian = [post("Русские слова", language="ru") for _ in range(2)]
    chinese = post("中文评论", language="zh-hans")

    own = client.get(address(article)).content.decode()
    all_of_them = client.get(address(article, rest="?language=all"))

    assert "English words" in own
    assert "Русские слова" not in own
    assert re.search(r'English <span class="comments__number">1<', own)
    assert re.search(r'In all languages <span class="comments__number">4<', own)
    assert numbers(all_of_them) == [english.pk, *pks(russian), chinese.pk]
    page = all_of_them.content.decode()
    assert page.count('lang="ru"><p>Русские') == 2
    assert 'lang="zh-Hans"><p>中文' in page
    assert re.search(r'Russian <span class="comments__number">2<', page)
    assert numbers(client.get(address(article, "ru"))) == pks(russian)


def test_the_article_offers_all_languages(article, post, shown):
    post("Русские слова", language="ru")
    page = shown(article, "en")

    assert "Русские слова" not in page
    assert "No comments in your language yet." in page
    assert f'href="/en/comments/{article.pk}/?language=all"' in page


def test_an_answer_in_another_language_keeps_its_place(client, article, post):
    russian = post("Русские слова", language="ru")
    answer = post("English answer", parent=russian)
    other = post("Не видно", language="ru")

    page = client.get(address(article))

    assert numbers(page) == [russian.pk, answer.pk]
    assert "Русские слова" not in page.content.decode()
    assert f"/en/comments/c{russian.pk}/?language=all" in page.content.decode()
    moderation.hold([russian])
    assert numbers(client.get(address(article, rest="?language=all"))) == [other.pk]


def test_a_comment_is_answered_in_the_language_of_the_page(client, article, post):
    russian = post("Русские слова", language="ru")

    form = client.get(address(article, rest=f"new/?reply={russian.pk}")).content.decode()

    assert re.search(r'dir="auto" lang="ru">Русские слова', form)
    answer = post("English answer", parent=russian)
    assert (answer.thread_id, answer.posting.language) == (russian.pk, "en")


def test_comments_of_a_language_that_is_withdrawn_are_hidden_in_all(client, article, post):
    post("Русские слова", language="ru")
    post("English words")
    Edition.objects.filter(article=article, language="ru").update(status="withdrawn")

    page = client.get(address(article, rest="?language=all")).content.decode()

    assert "English words" in page
    assert "Русские слова" not in page
    assert "In all languages" not in page


# Permalinks


def lands(client, comment, language="en", query=""):
    with translation.override(language):
        response = client.get(reverse("comments:permalink", args=[comment.pk]) + query)
    assert response.status_code == 302
    path, _hash, place = response["Location"].partition("#")
    assert place == f"c{comment.pk}"
    assert comment.pk in numbers(client.get(path))
    return path


@pytest.mark.parametrize("query", ["", "?order=newest", "?language=all", "?order=newest&language=all"])
def test_permalinks_land_on_the_page_with_the_comment(client, article, post, query):
    comments = []
    for _number in range(5):
        top = post("top")
        comments += [top, post("answer", parent=top), post("ещё", language="ru")]
    huge = post("huge")
    answers = [post("answer", parent=huge) for _ in range(9)]
    deep = [post("deep", parent=answers[2]) for _ in range(9)]

    for comment in [*comments, huge, *answers, *deep]:
        path = lands(client, comment, query=query)
        if query and "/thread/" not in path:
            assert ("order=newest" in path) == ("order=newest" in query)
    assert "language=all" in lands(client, comments[2])  # it is not in the page's language
    assert "language=all" not in lands(client, comments[2], language="ru")


def test_permalinks_of_what_is_not_shown_tell_nothing(client, article, post, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # the page has clocks
    held, withdrawn, spam = post("held words", public=False), post("withdrawn words"), post("spam", public=False)
    above = post("held later")
    below = post("below words", parent=above)
    moderation.hold([above])
    moderation.reject([withdrawn, spam])
    draft = post("draft words", on=make_article(published=False))
    russian_only = make_article(["ru"])
    elsewhere = post("по-русски", language="ru", on=russian_only)

    def permalink(number):
        return client.get(f"/en/comments/c{number}/")

    unknown = permalink(99_999)
    assert unknown.status_code == 404
    for comment in (held, spam, above, below, draft, elsewhere):
        response = permalink(comment.pk)
        assert (response.status_code, response.content) == (404, unknown.content)
    gone = permalink(withdrawn.pk)
    assert gone.status_code == 410
    assert "withdrawn words" not in gone.content.decode()
    assert "Reader" not in gone.content.decode()
    for number in (0, 2**31, 10**30):
        assert permalink(number).status_code == 404


def test_a_permalink_of_a_withdrawn_comment_that_keeps_its_place_tells_nothing(client, post):
    parent = post("parent words")
    post("answer", parent=parent)
    moderation.reject([parent])

    assert client.get(f"/en/comments/c{parent.pk}/").status_code == 410


# Text


def test_addresses_are_links_only_after_a_moderator_trusts_the_writer(client, article, post):
    text = "See https://example.org/a?b=1&c=2. Or <https://example.com>, 见https://example.net/文。\n\n<b>https://x.example</b>"
    comment = post(text, email="Reader@example.org")

    page = client.get(address(article)).content.decode()
    assert "https://example.org/a?b=1&amp;c=2" in page
    assert 'href="https://example' not in page

    moderation.trust(moderation.states([comment.pk])[0], None)
    page = client.get(address(article)).content.decode()
    links = re.findall(r'<a href="([^"]+)" rel="nofollow ugc noopener">', page)
    assert links == [
        "https://example.org/a?b=1&amp;c=2",
        "https://example.com",
        "https://example.net/文",
        "https://x.example",
    ]
    assert "<b>" not in page
    TrustedWriter.objects.all().delete()
    assert "nofollow ugc" not in client.get(address(article)).content.decode()


def test_hostile_addresses_of_trusted_writers_stay_text(client, article, post):
    TrustedWriter.objects.create(email="reader@example.org")
    post(
        'https://x.example/"onmouseover="alert(1) javascript:alert(1) https://y.example/<script>',
        email="reader@example.org",
    )

    page = client.get(address(article)).content.decode()

    assert "<script>alert" not in page
    assert 'onmouseover="alert' not in page
    assert 'href="javascript' not in page
    assert re.findall(r'<a href="([^"]+)" rel="nofollow ugc noopener">', page) == [
        "https://x.example/",
        "https://y.example/",
    ]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("{article}/", "Comments"),
        ("{article}/new/", "Write a comment"),
        ("{article}/sent/", "Comment"),
        ("typo/{article}/", "Report a mistake"),
        ("typo/{article}/thanks/", "Report a mistake"),
        ("report/{comment}/", "Report this comment"),
        ("vote/{comment}/", "Agree with a comment"),
    ],
)
def test_pages_around_a_story_say_where_they_stand(client, article, post, path, place):
    path = path.format(article=article.pk, comment=post().pk)

    html = client.get(f"/en/comments/{path}").content.decode()

    [crumbs] = re.findall(r'<nav class="breadcrumbs".*?</nav>', html, re.DOTALL)
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/en/", article.address("en")]
    assert f'<li aria-current="page">{place}</li>' in crumbs
