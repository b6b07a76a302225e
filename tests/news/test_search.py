from datetime import timedelta
from html import unescape
from re import findall, sub

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from news import search
from news.models import Article, Edition, SearchDocument
from news.publication import withdraw
from states.models import State

from ..factories import make_article, make_section


def found(text, language="en", **kwargs):
    return search.search(text, language=language, **kwargs).pks


# Analysis


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("саммит", "саммитов"),
        ("переговоры", "Переговорах"),
        ("ёлка", "елка"),
        ("и\u0306", "й"),
        ("стра\u0301ны", "страны"),
        ("meeting", "MEETINGS"),
        ("country", "countries"),
        ("Erdoğan", "erdogan"),
        ("ＳＣＯ", "sco"),
        ("China’s", "China's"),
        ("China's", "china"),
        ("co\u00adoperate", "cooperate"),
    ],
)
def test_forms_of_a_word_are_one_token(one, other):
    assert search.analyse(one) == search.analyse(other)


def test_chinese_becomes_overlapping_pairs_and_a_last_character():
    assert search.analyse("上海合作 SCO峰会") == "上海 海合 合作 作 sco 峰会 会"


def test_places_point_into_the_text_as_it_is():
    text = "Стра\u0301ны «ШОС», 上海"
    assert [text[start:end] for _token, start, end in search.tokens(text)] == ["Стра\u0301ны", "ШОС", "上海", "海"]


@given(st.text(max_size=300))
def test_no_text_is_an_error(text):
    for token, start, end in search.tokens(text):
        assert token
        assert 0 <= start < end <= len(text)
        assert all(char.isalnum() or search.WORD.fullmatch(char) for char in token)
    search.snippet(text, search.parse(text), "en")


# What is found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("ru", "саммит"),
        ("ru", "Самарканде саммиты"),
        ("ru", "«саммит в самарканде»"),
        ("ru", "самарк*"),
        ("ru", "елка"),
        ("en", "summits"),
        ("en", "the summit of samarkand"),
        ("en", '"leaders meet"'),
        ("en", "samar*"),
        ("zh-hans", "撒马尔罕"),
        ("zh-hans", "峰会 领导人"),
        ("zh-hans", "峰"),
        ("zh-hans", "行"),
    ],
)
def test_found_by_word_forms_in_the_language(language, question):
    article = make_article(
        title_ru="Саммит в Самарканде", body_ru="<p>На площади стояла ёлка.</p>",
        title_en="Summit in Samarkand", body_en="<p>The leaders meet for a summit.</p>",
        title_zh_hans="撒马尔罕峰会举行", body_zh_hans="<p>各国领导人出席。</p>",
    )  # fmt: skip
    make_article(title_ru="Чай", title_en="Tea", title_zh_hans="茶叶")

    assert found(question, language) == [article.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "summit tea"),
        ("en", '"in summit"'),
        ("en", "саммит"),
        ("ru", "leaders"),
        ("zh-hans", "马撒"),
        ("en", "summ"),
    ],
)
def test_not_found(language, question):
    make_article(
        title_ru="Саммит", title_en="Summit in Samarkand", body_en="<p>Leaders.</p>", title_zh_hans="撒马尔罕"
    )

    assert found(question, language) == []


NASTY = [
    "", " ", '"', '""', "«", "*", "AND OR NOT", "a AND (b", "x:*", "' & | !", "!!!", "title:x", "NEAR(a b)", "^a", "-a",
    "😀", "שלום", "مرحبا", "\\", "%", "_", "the", "и", "的", "a" * 200, '"' * 200, "1e5 -3.5 http://a.b/c?d=e x@y.z",
    "\ud800", "é" * 100, "a'b’c", "{title} : x", "--", "; DROP TABLE", "٣", "½", "ﷺ", "𝟘",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("question", NASTY)
def test_no_question_is_an_error(question):
    make_article(title_en="The " + question.encode(errors="replace").decode()[:150])

    assert isinstance(found(question), list)
    assert isinstance(found(question, best=False), list)


@pytest.mark.django_db
def test_words_of_nearly_every_text_alone_are_looked_for():
    article = make_article(title_en="The end")

    assert found("the") == [article.pk]
    assert found("end of the") == [article.pk]


@pytest.mark.django_db
def test_hidden_texts_are_not_found():
    make_article(title_en="Summit draft", published=False)
    make_article(title_en="Summit tomorrow", at=timezone.now() + timedelta(days=1))
    withdrawn = make_article(title_en="Summit withdrawn")
    withdraw(withdrawn, "en")
    over = make_article(title_en="Summit over", at=timezone.now() - timedelta(days=2))
    over.editions.filter(language="en").update(unpublish_at=timezone.now() - timedelta(days=1))
    make_article(["ru"], title_ru="Summit по-русски")
    shown = make_article(title_en="Summit shown")

    assert SearchDocument.objects.filter(language="en").count() == 5
    assert found("summit") == [shown.pk]


@pytest.mark.django_db
def test_scheduled_text_is_found_when_its_hour_strikes(time_machine):
    article = make_article(title_en="Summit", at=timezone.now() + timedelta(hours=1))
    assert found("summit") == []

    time_machine.move_to(timezone.now() + timedelta(hours=1, seconds=1))

    assert found("summit") == [article.pk]


# The index follows the article


@pytest.mark.django_db
def test_change_and_deletion_are_seen_at_once():
    article = make_article(title_en="Tea")
    article.title_en = "Coffee"
    article.save()
    assert (found("tea"), found("coffee")) == ([], [article.pk])

    article.title_en = article.body_en = ""
    article.save()
    assert set(SearchDocument.objects.values_list("language", flat=True)) == {"ru", "zh-hans"}

    article.delete()
    assert not SearchDocument.objects.exists()
    again = make_article(title_en="Cocoa")
    assert (found("coffee"), found("cocoa")) == ([], [again.pk])


@pytest.mark.django_db
def test_rebuild_mends_what_was_stored_past_the_index():
    article, other = make_article(title_en="Tea"), make_article()
    Article.objects.filter(pk=article.pk).update(title_en="Coffee")
    Article.objects.filter(pk=other.pk).update(title_ru="", body_ru="")
    assert found("coffee") == []

    call_command("rebuild_search")

    assert (found("tea"), found("coffee")) == ([], [article.pk])
    assert other.search_documents.count() == 2


@pytest.mark.django_db
def test_very_long_and_odd_text_is_stored():
    words = " ".join(f"word{number}" for number in range(150_000))
    article = make_article(title_en="Long", body_en=f"<p>{words} {'x' * 5000} https://a.example/b?c=d</p>")

    assert found("word77") == [article.pk]


# Order


@pytest.mark.django_db
def test_best_first_and_newest_first():
    now = timezone.now()
    new = make_article(
        title_en="Tea", body_en="<p>Some words of many things and a summit.</p>", at=now - timedelta(hours=1)
    )
    old = make_article(title_en="Summit", body_en="<p>The summit was a summit.</p>", at=now - timedelta(days=9))
    middle = make_article(title_en="Milk", lead_en="The summit", at=now - timedelta(days=4))

    assert found("summit", best=False) == [new.pk, middle.pk, old.pk]
    assert found("summit") == [old.pk, middle.pk, new.pk]


@pytest.mark.django_db
def test_more_than_can_be_counted(monkeypatch, client):
    monkeypatch.setattr(search, "MOST", 3)
    now = timezone.now()
    articles = [
        make_article(title_en=f"Tea {n}", body_en="<p>Summit.</p>", at=now - timedelta(hours=n)) for n in range(1, 5)
    ]
    oldest = make_article(title_en="Summit", at=now - timedelta(days=2))

    result = search.search("summit", language="en")
    assert result.more
    assert result.pks == [oldest.pk, articles[0].pk, articles[1].pk]
    assert found("summit", best=False) == [article.pk for article in articles[:3]]
    assert "More than 3 stories found" in client.get("/en/search/?q=summit").content.decode()


# The page


def text_of(response):
    return " ".join(unescape(sub(r"<[^>]+>", " ", response.content.decode())).split())


def titles(response):
    return [article.text("title", "en") for article in response.context["hits"]]


@pytest.mark.django_db
def test_page_shows_what_was_found_with_marks(client):
    make_article(
        title_en="Tea & <b>milk</b>", body_en="<p>Before &lt;script&gt; the leaders&#x27; meetings went on.</p>"
    )

    response = client.get("/en/search/", {"q": "meeting milk"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "Tea &amp; &lt;b&gt;<mark>milk</mark>&lt;/b&gt;" in page
    assert "Before &lt;script&gt; the leaders&#x27; <mark>meetings</mark> went on." in page
    assert "1 story found" in page
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not response.cookies


@pytest.mark.django_db
def test_page_without_a_question_is_public(client):
    response = client.get("/en/search/")

    assert response.status_code == 200
    assert "ETag" in response
    assert "<h1>Search</h1>" in response.content.decode()
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("question", NASTY)
def test_page_takes_any_question(client, question):
    response = client.get("/en/search/", {"q": question.encode(errors="replace").decode()})

    assert response.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("length", [200, 201, 100_000])
def test_too_long_a_question_is_kept_and_told_beside_the_field(client, length):
    response = client.get("/en/search/", {"q": "x" * length})

    page = response.content.decode()
    assert f'value="{"x" * length}"' in page
    if length == 200:
        assert response.status_code == 200
    else:
        assert response.status_code == 422
        assert 'aria-invalid="true"' in page
        assert 'id="id_q_error"' in page
        assert "at most 200 characters" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "q=x&section=none",
        "q=x&state=%F0%9F%98%80",
        "q=x&sort=worst",
        "q=%ff%fe",
        "q=x&page=2",
        "q=x&page=abc",
        "q=x&page=" + "9" * 400,
    ],
)
def test_bad_parameters_are_no_error_of_ours(client, query):
    assert client.get(f"/en/search/?{query}").status_code in {200, 404, 422}


WRONG = {
    "section": {
        "/": "Рубрики «no&lt;ne» нет. Выберите из списка.",
        "/en/": "There is no section “no&lt;ne”. Choose one of the list.",
        "/zh-hans/": "没有“no&lt;ne”栏目，请从列表中选择。",
    },
    "state": {
        "/": "Государства «NO&lt;NE» нет. Выберите из списка.",
        "/en/": "There is no state “NO&lt;NE”. Choose one of the list.",
        "/zh-hans/": "没有“NO&lt;NE”国家，请从列表中选择。",
    },
    "sort": {
        "/": "Порядка «no&lt;ne» нет. Выберите из списка.",
        "/en/": "There is no order “no&lt;ne”. Choose one of the list.",
        "/zh-hans/": "没有“no&lt;ne”排序方式，请从列表中选择。",
    },
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("root", ["/", "/en/", "/zh-hans/"])
def test_what_is_not_in_a_list_is_named_beside_it(client, name, root):
    response = client.get(f"{root}search/?q=x&{name}=no%3Cne")

    assert response.status_code == 422
    errors = findall('<p class="field__error" id="id_([a-z]+)_error">([^<]*)</p>', response.content.decode())
    assert errors == [(name, WRONG[name][root])]


@pytest.mark.django_db
def test_section_and_state_narrow_it_down(client):
    politics, culture = make_section("politics"), make_section("culture", title_en="Culture")
    kazakhstan = State.objects.get(iso2="KZ")
    make_article(title_en="Tea one", section=politics)
    make_article(title_en="Tea two", section=culture)
    make_article(title_en="Tea three", section=culture, states=[kazakhstan])

    assert titles(client.get("/en/search/?q=tea&sort=date")) == ["Tea three", "Tea two", "Tea one"]
    assert titles(client.get("/en/search/?q=tea&section=culture&sort=date")) == ["Tea three", "Tea two"]
    assert titles(client.get("/en/search/?q=tea&section=culture&state=KZ")) == ["Tea three"]
    assert titles(client.get("/en/search/?q=tea&state=kz")) == ["Tea three"]


@pytest.mark.parametrize(
    ("query", "opened"),
    [
        ("", False),
        ("q=tea", False),
        ("q=tea&section=&state=&sort=best", False),
        ("q=" + "x" * 201, False),
        ("q=tea&sort=date", True),
        ("q=tea&state=KZ", True),
        ("q=tea&section=politics", True),
        ("q=tea&section=nothing", True),
        ("q=tea&sort=worst", True),
    ],
)
@pytest.mark.django_db
def test_a_phone_is_shown_the_filters_that_are_set_and_those_that_are_wrong(client, query, opened):
    make_section("politics")

    [details] = findall("<details[^>]*search-page__filters[^>]*>", client.get(f"/en/search/?{query}").content.decode())

    assert details.endswith(" open>") is opened


@pytest.mark.django_db
def test_pages_keep_the_question(client):
    for number in range(21):
        make_article(["en"], title_en=f"Tea {number}")

    first = client.get("/en/search/?q=tea&sort=date")
    assert len(titles(first)) == 20
    [following] = findall(r'rel="next" href="([^"]+)"', first.content.decode())
    second = client.get("/en/search/" + unescape(following))

    assert titles(second) == ["Tea 0"]
    assert second.context["form"]["q"].value() == "tea"
    assert client.get("/en/search/?q=tea&page=3").status_code == 404


@pytest.mark.django_db
def test_no_hit_gives_advice(client):
    page = text_of(client.get("/en/search/?q=nothing"))

    assert "Nothing was found." in page
    assert "0 stories found" not in page
    assert "Look for mistakes" in page
    assert "no word to look for" in text_of(client.get("/en/search/?q=%3F%3F"))


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_few_queries(client, number, django_assert_num_queries):
    for _ in range(number):
        make_article(title_en="Tea")
    client.get("/en/search/?q=tea")

    with django_assert_num_queries(8):
        assert len(titles(client.get("/en/search/?q=tea"))) == number


@pytest.mark.django_db
def test_snippet_shows_the_part_that_answers():
    text = "Nothing here. " * 40 + "At last the summit of leaders opened in Samarkand. " + "More of it. " * 40

    shown = search.snippet(text, search.parse("leaders summit"), "en")

    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "the <mark>summit</mark> of <mark>leaders</mark> opened" in shown
    assert len(shown) < 300


def test_snippet_divides_headings_and_ends_with_a_word():
    text = "The summit begins.\nWhat is not there\nMedicine is apart,\nas ever. " + "And so on, " * 40

    shown = search.snippet(text, search.parse("nothing"), "en")

    assert shown.startswith("The summit begins. What is not there · Medicine is apart, as ever. And")
    assert shown[-2].isalpha()
    assert shown.endswith("…")


def test_snippet_begins_with_words():
    for between in range(20, 90):
        filler = "a " * (between // 2) + "a" * (between % 2)
        text = "word " * 100 + "\nA heading\n" + filler + " summit " + "More of it. " * 40

        shown = search.snippet(text, search.parse("summit"), "en")

        assert "<mark>summit</mark>" in shown
        assert shown[0] == "…"
        assert shown[1].isalpha(), between


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("He said: “The end.”\nA new start.", "en", "He said: “The end.” A new start."),
        ("Он сказал: «Конец.»\n\nНачало (снова.)\nИ так", "ru", "Он сказал: «Конец.» Начало (снова.) И так"),
        ("他说：“走吧。”\n第二段。\n小标题\n第三段。", "zh-hans", "他说：“走吧。”第二段。小标题 · 第三段。"),
        ("The heading\n" + "word " * 60, "en", "The heading · word"),
    ],
)
def test_snippet_sets_off_only_what_ends_without_a_stop(text, language, shown):
    assert search.snippet(text, [], language).startswith(shown)


def test_snippet_of_chinese_marks_whole_runs():
    shown = search.snippet("今天，上海合作组织领导人在撒马尔罕举行峰会。", search.parse("上海合作组织"), "zh-hans")

    assert shown == "今天，<mark>上海合作组织</mark>领导人在撒马尔罕举行峰会。"


@pytest.mark.django_db
def test_index_of_the_database_is_used():
    make_article()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'news_searchdocument'")
            assert any("USING gin (vector)" in definition for (definition,) in cursor.fetchall())
        else:
            cursor.execute("INSERT INTO news_search (news_search) VALUES ('integrity-check')")
    assert Edition.objects.exists()


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("茶", "茶走过草原，而茶香犹在", ["茶", "茶"]),
        ("哈萨克斯坦", "吉尔吉斯斯坦与哈萨克斯坦", ["哈萨克斯坦"]),
        ("上海合作组织", "国际组织与上海合作组织", ["上海合作组织"]),
        ('"tea road"', "Tea on the road: the Tea Road", ["Tea", "Road"]),
        ("laborator*", "Laboratories and labour", ["Laboratories"]),
    ],
)
def test_only_what_was_asked_for_is_marked(question, text, expected):
    places = search.marks(text, search.parse(question))

    assert [text[start:end] for start, end in places] == expected or [text[s:e].split() for s, e in places] == [
        expected
    ]
