"""What is missing and what is stale, by segment; "still right"; changes without effect."""

import pytest
from django.core.management import call_command

from news import publication, translations
from news.models import Article, Edition, Translation
from news.segments import align, body_segments, difference, join, longest_common, segments_of, split

from ..factories import make_article, make_user
from .test_admin import posted, save, signed_in

pytestmark = pytest.mark.django_db
State = Translation.State
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def paragraphs(language, *, number=20, **changed):
    """<p>ru 0 …</p> to 19; ``changed``: {"p3": "other words"}."""
    return "".join(
        f"<p>{changed.get(f'p{place}', f'{language} paragraph {place} {WORDS[place % 10]} {WORDS[place // 10]}')}</p>"
        for place in range(number)
    )


def make_translated(**fields):
    bodies = {f"body_{name}": paragraphs(name) for name in ("ru", "en", "zh_hans")}
    return make_article(**(bodies | fields))


def stale(article, language="en"):
    article = Article.objects.get(pk=article.pk)
    row = article.translations.get(language=language)
    return [(found.state, found.old and found.old.text, found.new and found.new.text)
            for found in translations.rows_of(row, article) if not found.fresh]  # fmt: skip


def row(article, language="en"):
    return Translation.objects.get(article=article, language=language)


# Segments


def test_text_is_cut_by_block_and_joined_again():
    html = (
        '<p>One <a href="https://example.org/">two</a></p><ul><li>Three<ul><li>Four</li></ul></li></ul>'
        '<figure><img src="/images/aaaaaaaaaaaaaaaa/" alt="Five"><figcaption>Six</figcaption></figure>'
        "<table><tbody><tr><td><p>Seven</p></td><th>Eight</th></tr></tbody></table><hr><blockquote><p>Nine</p></blockquote>"
    )

    found = body_segments(html)

    assert [(segment.kind, segment.text) for segment in found] == [
        ("p", "One two"), ("li", "Three"), ("li", "Four"), ("alt", "Five"), ("figcaption", "Six"), ("p", "Seven"),
        ("th", "Eight"), ("p", "Nine"),
    ]  # fmt: skip
    assert join(split(html)) == html


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<p>A word</p>", "<p>A  <strong>word</strong></p>", True),
        ("<p>A&nbsp;word</p>", "<h2>A word</h2>", True),
        ("<p>A word</p>", "<p>A ward</p>", False),
        ('<p><a href="https://a.example/">A</a></p>', '<p><a href="https://b.example/">A</a></p>', False),
    ],
)
def test_segment_is_known_by_words_and_links_not_by_emphasis(one, other, same):
    assert (body_segments(one)[0].key == body_segments(other)[0].key) is same


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        ("abcd", "abcd", 4),
        ("abcbdab", "bdcaba", 4),
        ("", "abc", 0),
        ("xaxbxc", "abc", 3),
    ],
)
def test_longest_common_subsequence(old, new, pairs):
    found = longest_common(list(old), list(new))

    assert len(found) == pairs
    assert found == sorted(found)
    assert all(old[i] == new[j] for i, j in found)


def test_alignment_keeps_moved_paragraphs_and_pairs_changed_ones():
    old = body_segments("<p>alpha one two</p><p>beta three four</p><p>gamma five six</p>")
    new = body_segments("<p>gamma five six</p><p>alpha one two new</p><p>beta three four</p><p>wholly other</p>")

    assert set(align(old, new)) == {(2, 0), (0, 1), (1, 2), (None, 3)}


def test_difference_is_word_by_word_in_chinese_too():
    assert difference("The old house", "The new house") == [
        ("same", "The "), ("gone", "old"), ("come", "new"), ("same", " house"),
    ]  # fmt: skip
    assert difference("北京会议", "上海会议") == [("gone", "北京"), ("come", "上海"), ("same", "会议")]


def test_words_are_counted_in_each_script():
    assert [segments_of({"title": text})[0].words for text in ("Two words.", "Два слова", "四个汉字")] == [2, 2, 4]


# Stale


def test_changed_paragraph_of_twenty_marks_exactly_that_one_in_each_language():
    article = make_translated()
    texts = {name: getattr(article, name) for name in ("body_en", "body_zh_hans")}

    article.body_ru = paragraphs("ru", p7="ru paragraph 7 is another one")
    article.save()

    for language in ("en", "zh-hans"):
        assert stale(article, language) == [
            ("changed", "ru paragraph 7 eight one", "ru paragraph 7 is another one"),
        ]
        assert (row(article, language).state, row(article, language).segments) == (State.STALE, 1)
    article.refresh_from_db()
    assert {name: getattr(article, name) for name in texts} == texts


def test_counterpart_stands_beside_the_change_where_blocks_agree():
    article = make_translated()
    article.body_ru = paragraphs("ru", p7="ru other")
    article.save()
    [found] = [found for found in translations.rows_of(row(article), article) if not found.fresh]
    assert found.own.text == "en paragraph 7 eight one"

    article.body_en = "<p>All in one paragraph.</p>"
    article.save()
    [found] = [found for found in translations.rows_of(row(article), article) if not found.fresh]
    assert found.own is None


def test_inserted_and_removed_paragraphs_are_told_and_others_keep_their_state():
    article = make_translated(body_ru="<p>Первый абзац тут</p><p>Второй</p>")

    article.body_ru = "<p>Совсем новое начало</p><p>Первый абзац тут</p><p>Второй</p>"
    article.save()
    assert stale(article) == [("new", None, "Совсем новое начало")]

    article.body_ru = "<p>Второй</p>"
    article.save()
    assert stale(article) == [("removed", "Первый абзац тут", None)]


def test_source_that_goes_back_is_not_stale():
    article = make_translated()
    article.body_ru = paragraphs("ru", p7="ru other")
    article.save()
    article.body_ru = paragraphs("ru")
    article.save()

    assert (row(article).state, row(article).segments, row(article).words) == (State.DONE, 0, 0)


def test_emphasis_alone_makes_nothing_stale():
    article = make_translated(body_ru="<p>Слово</p>")
    article.body_ru = "<p><strong>Слово</strong></p>"
    article.save()

    assert row(article).state == State.DONE


def test_missing_language_waits_with_all_segments_and_words():
    article = make_article(["ru"], title_ru="Два слова", body_ru="<p>Ещё три слова</p>")

    found = row(article)

    assert (found.state, found.segments, found.words, found.waiting) == (State.MISSING, 2, 5, True)
    assert found.since == article.editions.get().published_at
    assert set(article.translations.values_list("language", flat=True)) == {"en", "zh-hans"}


def test_draft_of_the_source_waits_for_no_translator():
    article = make_article(["ru"], published=False)
    assert not row(article).waiting

    publication.publish(Article.objects.get(), "ru")

    assert row(article).waiting


def test_unwanted_translation_does_not_wait():
    article = make_article(["ru"])
    article.translation_priority = Article.TranslationPriority.NOT_WANTED
    article.save(update_fields=["translation_priority"])

    assert not row(article).waiting


def test_change_of_an_unwanted_but_existing_translation_still_waits():
    article = make_translated(translation_priority=Article.TranslationPriority.NOT_WANTED)
    article.body_ru = paragraphs("ru", p7="ru other")
    article.save()

    assert row(article).waiting


def test_withdrawn_source_waits_for_nobody():
    article = make_article(["ru"])
    publication.withdraw(article, "ru")

    assert not row(article).waiting


def test_rebuilding_finds_what_was_stored_in_bulk():
    article = make_translated()
    article.body_ru = paragraphs("ru", p7="ru other")
    article.save()
    Translation.objects.update(state=State.DONE, waiting=False, segments=0, words=0)
    late = Article.objects.create(section=article.section, title_ru="Новость", body_ru="<p>Текст</p>")
    Edition.objects.bulk_create([Edition(article=late, language="ru", slug="x")])

    call_command("rebuild_translations")

    assert (row(article).state, row(article).segments, row(article).waiting) == (State.STALE, 1, True)
    assert row(late).state == State.MISSING


# The form


@pytest.fixture
def translator():
    return signed_in("Translator", languages=["en"])


def test_working_on_the_counterpart_makes_that_segment_fresh_and_no_other(translator):
    article = make_translated()
    article.body_ru = paragraphs("ru", p3="ru other three", p7="ru other seven")
    article.save()

    response = save(translator, article, body_en=paragraphs("en", p7="en other seven", p12="better English"))

    assert response.status_code == 302
    assert stale(article) == [("changed", "ru paragraph 3 four one", "ru other three")]
    assert len(stale(article, "zh-hans")) == 2


def test_paragraph_that_is_added_in_the_translation_too_is_fresh(translator):
    article = make_translated()
    article.body_ru = "<p>ru fresh beginning</p>" + paragraphs("ru")
    article.save()
    assert row(article).segments == 1

    save(translator, article, body_en="<p>en fresh beginning</p>" + paragraphs("en"))

    assert row(article).state == State.DONE


def test_source_that_changed_while_the_translator_wrote_is_stale_with_its_old_words(translator):
    article = make_article(["ru"], body_ru="<p>Раз два три</p><p>Четыре пять</p>")
    page = translator.get(f"/en/admin/news/article/{article.pk}/change/")
    article.body_ru = "<p>Раз два три</p><p>Четыре шесть</p>"
    article.save()

    response = translator.post(
        f"/en/admin/news/article/{article.pk}/change/",
        posted(page) | {"title_en": "Story", "body_en": "<p>One</p><p>Four</p>", "edition_en_status": "review"},
    )

    assert response.status_code == 302
    assert stale(article) == [("changed", "Четыре пять", "Четыре шесть")]


def test_draft_of_a_translation_is_in_work_and_done_when_handed_in(translator):
    article = make_article(["ru"], body_ru="<p>Раз два три</p><p>Четыре пять</p>")

    save(translator, article, title_en="Story", body_en="<p>One</p>")
    assert (row(article).state, row(article).segments, row(article).waiting) == (State.STARTED, 1, True)

    save(translator, article, body_en="<p>One</p><p>Four</p>", edition_en_status="review")
    assert (row(article).state, row(article).waiting) == (State.DONE, False)


def test_garbage_for_the_seen_source_harms_nothing(translator):
    article = make_translated()

    for garbage in ("", "{", "[1]", '[["p"]]', '{"a": 1}', "null", "[[1, 2]]"):
        response = save(translator, article, source_seen=garbage, title_en=f"Story {garbage}")
        assert response.status_code == 302
    assert row(article).state == State.DONE


def test_change_can_be_declared_without_effect():
    editor = signed_in("Editor")
    article = make_translated()

    save(editor, article, body_ru=paragraphs("ru", p7="ru paragraf 7 eight one"), without_effect="on")

    assert stale(article) == []
    assert row(article).state == State.DONE


def test_change_without_effect_leaves_stale_what_was_stale():
    editor = signed_in("Editor")
    article = make_translated()
    save(editor, article, body_ru=paragraphs("ru", p7="ru wholly other"), _publish_changes="ru")

    save(
        editor,
        article,
        body_ru=paragraphs("ru", p7="ru wholly othr", p2="ru paragraph 2 threee one"),
        without_effect="on",
        _publish_changes="ru",
    )

    assert stale(article) == [("changed", "ru paragraph 7 eight one", "ru wholly othr")]


def test_splitting_a_paragraph_can_be_without_effect():
    editor = signed_in("Editor")
    article = make_translated(body_ru="<p>Раз два. Три четыре.</p>")

    save(editor, article, body_ru="<p>Раз два.</p><p>Три четыре.</p>", without_effect="on")

    assert stale(article) == []


def test_translator_finds_the_difference_in_the_form(translator):
    article = make_translated()
    article.body_ru = paragraphs("ru", p7="ru paragraph 7 eight <two>").replace("<two>", "&lt;two&gt;")
    article.save()

    page = translator.get(f"/en/admin/news/article/{article.pk}/change/")

    assert "[removed: </span>one<span" in page.content.decode()
    assert "[added: </span>&lt;two&gt;<span" in page.content.decode()
    assert "en paragraph 7 eight one" in page.content.decode()
    assert [panel["language"] for panel in page.context["translation_panels"]] == ["en"]


# Still right


def confirm(client, article, keys, language="en"):
    return client.post(f"/en/admin/news/article/{article.pk}/translation/{language}/still-right/", {"keys": keys})


def two_stale():
    article = make_translated()
    article.body_ru = paragraphs("ru", p3="ru other three", p7="ru other seven")
    article.save()
    article = Article.objects.get()
    return article, [found.key for found in translations.rows_of(row(article), article) if not found.fresh]


def test_one_segment_is_still_right_in_one_language(translator):
    article, [first, _second] = two_stale()
    body = article.body_en

    response = confirm(translator, article, first)

    assert response.status_code == 302
    assert [new for _state, _old, new in stale(article)] == ["ru other seven"]
    assert row(article, "zh-hans").segments == 2
    article.refresh_from_db()
    assert (article.body_en, article.version) == (body, 1)


def test_all_of_a_language_is_still_right(translator):
    article, keys = two_stale()

    confirm(translator, article, " ".join(keys))

    assert (row(article).state, row(article).waiting) == (State.DONE, False)


def test_what_changed_after_one_looked_is_not_confirmed(translator):
    article, keys = two_stale()
    article.body_ru = paragraphs("ru", p3="ru other three", p7="ru newer seven")
    article.save()

    confirm(translator, article, " ".join(keys))

    assert [new for _state, _old, new in stale(article)] == ["ru newer seven"]


def test_removed_paragraph_can_be_confirmed(translator):
    article = make_translated(body_ru="<p>Раз два</p><p>Три</p>")
    article.body_ru = "<p>Три</p>"
    article.save()
    article = Article.objects.get()
    [found] = [found for found in translations.rows_of(row(article), article) if not found.fresh]

    confirm(translator, article, found.key)

    assert stale(article) == []


@pytest.mark.parametrize(
    ("groups", "language", "status"),
    [
        (["Translator"], "en", 302),
        (["Translator"], "zh-hans", 403),
        (["Translator"], "ru", 403),
        (["Editor"], "zh-hans", 302),
        (["Editor"], "ru", 403),
        (["Editor"], "xx", 403),
        (["Reporter"], "en", 404),
        (["Moderator"], "en", 403),
    ],
)
def test_who_may_say_that_it_is_still_right(groups, language, status):
    article, keys = two_stale()
    client = signed_in(*groups, languages=["en"])

    assert confirm(client, article, " ".join(keys), language).status_code == status
    assert (row(article).segments == 2) is (status != 302 or language != "en")


def test_still_right_is_never_said_by_a_link(translator):
    article, _keys = two_stale()

    assert translator.get(f"/en/admin/news/article/{article.pk}/translation/en/still-right/").status_code == 405


def test_page_of_one_translation_shows_it_in_each_language_of_the_desk(translator):
    article, _keys = two_stale()

    for prefix in ("", "/en", "/zh-hans"):
        response = translator.get(f"{prefix}/admin/news/article/{article.pk}/translation/en/")
        assert response.status_code == 200
        assert len(response.context["panel"]["stale"]) == 2


def test_priority_is_set_by_editors_alone():
    reporter = signed_in("Reporter")
    article = make_article(["ru"], published=False, created_by=reporter.user)
    save(reporter, article, translation_priority="2")
    assert Article.objects.get().translation_priority == 0

    save(signed_in("Editor"), article, translation_priority="2")
    assert Article.objects.get().translation_priority == 2
    assert row(article).priority == 2


def test_saving_an_article_takes_few_queries_for_its_translations(django_assert_num_queries):
    article = make_translated()
    make_user()

    with django_assert_num_queries(3):
        translations.refresh(article.pk)
