"""What was written before: compared word by word in each language, and the way back to one language or to all."""

from datetime import UTC, datetime, timedelta

import pytest
import reversion
from django.utils import timezone
from reversion.models import Version

from news import publication
from news.models import Article, Edition, Tag, WorkingCopy
from news.saves import comment, message, readable
from news.segments import compared, difference

from ..factories import make_article, make_author, make_image, make_tag
from .test_admin import posted, save, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return signed_in("Editor")


def history(thing, name=""):
    return f"/en/admin/news/{thing._meta.model_name}/{thing.pk}/history/{name}"


def saves(thing):
    return list(Version.objects.get_for_object(thing).order_by("pk"))


def revise(editor, article, why="", **fields):
    """A save as the form makes one, without its page."""
    with reversion.create_revision():
        for name, value in fields.items():
            setattr(article, name, value)
        publication.save_edit(article, by=editor.user)
        reversion.set_user(editor.user)
        reversion.set_comment(why)


def written(editor, **fields):
    """An article that was saved twice: the first words, then others."""
    article = make_article(["ru", "en"], published=False, **fields)
    revise(
        editor, article, title_en="First words", body_en="<p>One two three.</p><p>Kept.</p>", title_ru="Первые слова"
    )
    revise(
        editor, article, title_en="Second words", body_en="<p>One 2 three.</p><p>Kept.</p>", title_ru="Вторые слова"
    )
    return Article.objects.get(pk=article.pk)


# The difference


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("one two", "one two", [("same", "one two")]),
        ("the old red house", "the new blue house",
         [("same", "the "), ("gone", "old red"), ("come", "new blue"), ("same", " house")]),
        ("北京会议", "上海会议", [("gone", "北京"), ("come", "上海"), ("same", "会议")]),
        ("", "new", [("come", "new")]),
        ("old", "", [("gone", "old")]),
    ],
)  # fmt: skip
def test_difference_reads_as_words(old, new, parts):
    assert difference(old, new) == parts


def test_paragraphs_are_laid_beside_each_other():
    old = "<h2>Heading</h2><p>One <strong>two</strong>.</p><p>Goes away.</p>"
    new = '<h2>Heading</h2><p>One two.</p><p>Comes <a href="/">in</a> new, wholly other.</p><ul><li>Item</li></ul>'
    assert [(row["kind"], row["state"]) for row in compared(old, new)][:2] == [("h2", "same"), ("p", "form")]
    assert {row["state"] for row in compared(old, new)[2:]} <= {"gone", "come", "changed"}
    assert all("<" not in text for row in compared(old, new) for _what, text in row["parts"])


def test_any_two_saves_are_compared_by_word_with_who_and_why(editor):
    article = make_article(["ru", "en"], published=False)
    save(editor, article, title_en="First words", body_en="<p>One two.</p>")
    save(
        editor, article, title_en="Second words", body_en="<p>One 2.</p>", _why="The ministry has corrected the figure"
    )
    first, second = saves(article)

    listed = editor.get(history(article)).content.decode()
    assert "The ministry has corrected the figure" in listed
    page = editor.get(history(article, f"compare/?before={second.pk}&after={first.pk}")).content.decode()

    assert '<del><span class="visually-hidden" lang="en">[removed: </span>First' in page
    assert '<ins><span class="visually-hidden" lang="en">[added: </span>Second' in page
    assert "&lt;p&gt;" not in page
    assert "The ministry has corrected the figure" in page
    assert editor.user.username in page


def test_comparison_takes_as_many_queries_however_long_the_history(editor, django_assert_num_queries):
    article = written(editor)
    first = saves(article)[0]
    url = history(article, f"compare/?before={first.pk}&after=now")
    editor.get(url)
    with django_assert_num_queries(15):
        editor.get(url)
    for number in range(3):
        revise(editor, article, title_en=f"Words {number}")
    with django_assert_num_queries(15):
        editor.get(url)


def test_text_that_waits_is_part_of_what_was_saved(editor):
    article = make_article(["en"], title_en="Public words")
    save(editor, article, title_en="Waiting words")
    page = editor.get(history(article, f"compare/?before={saves(article)[-1].pk}&after=now")).content.decode()
    assert "nothing has changed" in page
    WorkingCopy.objects.all().delete()
    page = editor.get(history(article, f"compare/?before={saves(article)[-1].pk}&after=now")).content.decode()
    assert "[removed: </span>Waiting" in page


def test_comparison_tells_of_dates_bylines_and_the_gallery(editor):
    first, second, picture = make_author(name_en="First Writer"), make_author(name_en="Second Writer"), make_image()
    article = make_article(["en"], published=False, authors=[first])
    revise(editor, article)
    before = saves(article)[0]
    article.bylines.create(author=second, position=1)
    article.gallery.create(image=picture)
    article.publish("en", at=datetime(2030, 5, 1, 9, tzinfo=UTC))
    revise(editor, Article.objects.get())
    after = saves(article)[1]

    page = editor.get(history(article, f"compare/?before={before.pk}&after={after.pk}"))

    rows = {str(label): tuple(map(str, values)) for label, *values in page.context["others"]}
    assert rows["Status · English"] == ("draft", "published or scheduled")
    assert rows["Published · English"] == ("", "01.05.2030 12:00")
    assert rows["bylines"] == ("First Writer", "First Writer, Second Writer")
    assert rows["gallery"] == ("", str(picture))
    now = editor.get(history(article, f"compare/?before={after.pk}&after=now")).context["others"]
    assert now == []


def test_what_was_changed_is_told_in_the_language_of_who_reads(editor):
    article = make_article(["en"], published=False)
    save(editor, article, lead_en="Words", _why="Asked for")
    save(editor, article, title_en="Words")
    english = editor.get(history(article)).content.decode()
    russian = editor.get(history(article).removeprefix("/en")).content.decode()
    assert "Asked for<br>Changed Lead · English." in english
    assert "<td>Changed Headline · English.\n</td>" in english
    assert '<span lang="en">Asked for</span><br>Изменено Лид · Английский.' in russian
    assert "<td>Изменено Заголовок · Английский.\n</td>" in russian


@pytest.mark.parametrize(
    "query", ["before=x", "before=99999999", "before=9999999999999999999999", "after=-1", "before=%F0"]
)
def test_nonsense_is_not_found(editor, query):
    assert editor.get(history(written(editor), f"compare/?{query}")).status_code == 404


def test_save_of_another_thing_is_not_found(editor):
    first, second = written(editor), written(editor)
    assert editor.get(history(first, f"compare/?before={saves(second)[0].pk}")).status_code == 404
    assert editor.post(history(first, f"{saves(second)[0].pk}/restore/"), {"language": "all"}).status_code == 404


# Going back


def test_one_language_goes_back_and_the_other_stays(editor):
    article = written(editor)
    first = saves(article)[0]

    response = editor.post(history(article, f"{first.pk}/restore/"), {"language": "en", "_why": "A mistake"})

    assert response.status_code == 302
    back = Article.objects.get()
    assert (back.title_en, back.body_en) == ("First words", "<p>One two three.</p><p>Kept.</p>")
    assert back.title_ru == "Вторые слова"
    assert back.version == article.version + 1
    last = saves(article)[-1]
    assert last.field_dict["title_en"] == "First words"
    assert last.revision.user == editor.user
    assert "A mistake" in last.revision.comment
    assert saves(article)[-2].field_dict["title_en"] == "Second words"


def test_all_languages_go_back_together(editor):
    article = written(editor)
    editor.post(history(article, f"{saves(article)[0].pk}/restore/"), {"language": "all"})
    back = Article.objects.get()
    assert (back.title_en, back.title_ru) == ("First words", "Первые слова")


def test_what_no_revision_held_becomes_one_before_it_is_replaced(editor):
    article = written(editor)
    first = saves(article)[0]
    Article.objects.update(title_en="By a bulk change")
    editor.post(history(article, f"{first.pk}/restore/"), {"language": "en"})
    assert [row.field_dict["title_en"] for row in saves(article)] == [
        "First words", "Second words", "By a bulk change", "First words",
    ]  # fmt: skip


def test_old_text_of_a_published_language_waits(editor):
    article = written(editor)
    first = saves(article)[0]
    article.publish("en")
    editor.post(history(article, f"{first.pk}/restore/"), {"language": "en"})
    saved = Article.objects.get()
    assert saved.title_en == "Second words"
    assert saved.working_copies.get().texts == {"title": "First words", "body": "<p>One two three.</p><p>Kept.</p>"}


def test_what_will_appear_by_itself_never_goes_back_to_nothing(editor):
    article = make_article(["ru"], published=False)
    revise(editor, article, title_ru="Слова")
    empty = saves(article)[0]
    revise(editor, article, title_en="Words", body_en="<p>Words.</p>")
    article.publish("en", at=timezone.now() + timedelta(days=1))
    page = editor.post(history(article, f"{empty.pk}/restore/"), {"language": "en"}, follow=True)
    assert "A published text needs a headline." in page.content.decode()
    assert Article.objects.get().title_en == "Words"


def test_what_will_appear_by_itself_goes_back_when_its_warnings_were_seen(editor):
    article = make_article(["en"], published=False)
    revise(editor, article, lead_en="", title_en="First words")
    doubtful = saves(article)[0]
    revise(editor, article, lead_en="A lead", title_en="Second words")
    article.publish("en", at=timezone.now() + timedelta(days=1))
    url = history(article, f"{doubtful.pk}/restore/")

    page = editor.post(url, {"language": "en", "_why": "Asked for"})
    assert "There is no lead" in page.content.decode()
    assert Article.objects.get().title_en == "Second words"
    seen = {page.context["seen_field"]: page.context["seen"], "language": "en", "_why": page.context["why"]}
    assert editor.post(url, seen).status_code == 302

    assert Article.objects.get().title_en == "First words"
    assert saves(article)[-1].revision.comment.startswith("Asked for\n")


def test_translator_goes_back_in_their_own_language_alone(editor):
    article = written(editor)
    first = saves(article)[0]
    translator = signed_in("Translator", languages=["en"])
    page = translator.get(history(article, f"compare/?before={first.pk}")).content.decode()
    assert 'value="en">Go back in this language' in page
    assert 'value="ru"' not in page
    assert 'value="all"' not in page
    for language in ("ru", "all", "zh-hans"):
        assert translator.post(history(article, f"{first.pk}/restore/"), {"language": language}).status_code == 403
    assert Article.objects.get().title_ru == "Вторые слова"
    assert translator.post(history(article, f"{first.pk}/restore/"), {"language": "en"}).status_code == 302
    assert Article.objects.get().title_en == "First words"


def test_translation_that_went_back_is_of_the_source_of_that_time(editor):
    article = written(editor)
    article.editions.update(status=Edition.Status.REVIEW)
    revise(editor, article, title_en="Third words")
    editor.post(history(article, f"{saves(article)[0].pk}/restore/"), {"language": "en"})
    row = Article.objects.get().translations.get(language="en")
    assert row.state == "stale"


@pytest.mark.parametrize(("role", "status"), [("Reporter", 404), ("Moderator", 403), ("Translator", 403)])
def test_nobody_goes_back_in_what_is_not_theirs(editor, role, status):
    article = written(editor)
    client = signed_in(role)
    assert client.post(history(article, f"{saves(article)[0].pk}/restore/"), {"language": "ru"}).status_code == status
    assert Article.objects.get().title_ru == "Вторые слова"


@pytest.mark.parametrize("role", ["Reporter"])
def test_others_drafts_have_no_history_for_a_reporter(editor, role):
    article = written(editor)
    assert signed_in(role).get(history(article, "compare/")).status_code == 404


def test_looking_is_a_get_and_going_back_a_post(editor):
    article = written(editor)
    assert editor.get(history(article, f"{saves(article)[0].pk}/restore/")).status_code == 405
    assert editor.post(history(article, "compare/")).status_code == 405


def test_tag_goes_back_in_one_language(editor):
    tag = make_tag("tea", name_en="Tea")
    page = f"/en/admin/news/tag/{tag.pk}/change/"
    for name in ("Green tea", "Black tea"):
        editor.post(
            page, {"slug": "tea", "name_ru": "Чай", "name_en": name, "name_zh_hans": "茶", "_why": f"For {name}"}
        )
    first = saves(tag)[0]
    shown = editor.get(history(tag, f"compare/?before={first.pk}")).content.decode()
    assert "[removed: </span>Green" in shown
    assert "For Green tea" in shown
    editor.post(history(tag, f"{first.pk}/restore/"), {"language": "en"})
    assert Tag.objects.get().name_en == "Green tea"


def test_why_that_was_typed_stays_when_the_form_has_errors(editor):
    article = written(editor)
    page = save(editor, article, title_en="x" * 300, _why="Because")
    assert page.status_code == 200
    assert 'name="_why" class="vTextField" maxlength="200" value="Because"' in page.content.decode()


# In the language of who reads


def test_what_the_portal_says_of_a_save_is_in_the_language_of_who_reads():
    russian = signed_in("Editor")
    article = written(russian)
    live = make_article(["en"], title_en="Public words")
    save(russian, live, title_en="Waiting words")
    prefix = history(article).removeprefix("/en")
    russian.post(f"{prefix}{saves(article)[0].pk}/restore/", {"language": "all", "_why": "Так просил автор"})
    russian.post(f"/admin/news/article/{live.pk}/changes/en/", {"discard": "1"})

    russian.get("/admin/")  # which has the answers to these posts

    chinese = russian.get(f"/zh-hans{prefix}").content.decode()
    dropped = russian.get(f"/zh-hans{history(live).removeprefix('/en')}").content.decode()

    when = f"{timezone.localtime(saves(article)[0].revision.date_created, timezone.get_default_timezone()):%Y-%m-%d %H:%M}"
    assert f'<span lang="ru">Так просил автор</span><br>恢复到 {when} 的文本：俄文、英文、中文' in chinese
    assert "丢弃待发布的修改之前" in dropped
    assert "Возврат" not in chinese


def test_reason_stays_where_the_form_of_an_old_save_is_saved(editor):
    article = written(editor)
    oldest = saves(article)[0]
    address = history(article, f"{oldest.pk}/")

    assert editor.post(address, posted(editor.get(address)) | {"_why": "The ministry asked"}).status_code == 302

    lines = [text for text, _lang in readable(saves(article)[-1].revision.comment)]
    assert lines[0] == "The ministry asked"
    assert lines[1].startswith("Back to the text of ")


@pytest.mark.parametrize(
    "why",
    [
        "[1] see the ministry", "[1]", "{}", '{"message": 1}', '{"message": "%(x)s", "values": {}}', "% {",
        # What would be read as the portal's own words, or fill the memory
        "[]", '[{"deleted": {"name": "x", "object": "y"}}]', '{"message": "no change", "values": {}}',
        '{"message": "%(x)9999s", "values": {"x": ""}}',
    ],
)  # fmt: skip
def test_reason_that_looks_like_code_stays_as_it_was_written(why):
    assert readable(comment(message("no change"), why=why)) == [(why, ""), ("no change", "")]


@pytest.mark.parametrize(
    "line",
    [
        '{"message": "%(x)s", "values": {"x": {"moment": "9999-12-31T23:59:00+00:00"}}}',
        '{"message": "%(x)c", "values": {"x": 1e99}}',
        '{"message": "%(x)c", "values": {"x": 99999999999}}',
        "[" * 200_000,
    ],
)
def test_what_cannot_be_read_does_not_take_the_history_away(line):
    assert [text for text, _lang in readable(line)] == [line]


def test_publishing_of_what_waited_is_told(editor):
    article = make_article(["en"], title_en="Public words")
    save(editor, article, title_en="Waiting words")
    save(editor, article, _publish_changes="en", _why="Confirmed")
    save(editor, article, lead_en="Another lead")
    editor.post(f"/en/admin/news/article/{article.pk}/changes/en/", {"publish": "1"})

    told = [[text for text, _lang in readable(save.revision.comment)] for save in saves(article)]

    published = "Waiting changes published: English"
    assert told == [
        ["Changed Headline · English."],
        ["Confirmed", published],
        ["Changed Lead · English."],
        [published],
    ]


def test_what_the_form_only_shows_is_not_told_as_changed(editor):
    article = make_article(["en"], title_en="Words")
    translator = signed_in("Translator", languages=["ru"])

    save(translator, article, title_ru="Слова")

    assert [text for text, _lang in readable(saves(article)[-1].revision.comment)] == ["Changed Headline · Russian."]
