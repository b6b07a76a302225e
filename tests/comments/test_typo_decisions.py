"""What moderators decide on typo reports: one place, once, and back again."""

from datetime import timedelta

import pytest
import reversion
import time_machine
from django.utils import timezone
from reversion.models import Version

from comments import quotes, typo_figures, typos
from comments.models import TypoDecision, TypoReport
from news import working_copy
from news.models import Article, Edition, Image
from news.richtext import clean_html
from tests.factories import make_article, make_author, make_image, make_user

pytestmark = pytest.mark.django_db
BODY = (
    "<p>The first train left <strong>Xi’an</strong> on&nbsp;Monday.</p>"
    "<p>The beg<em>in</em>ing was cold. All went well, and the begining was forgotten.</p>"
)


@pytest.fixture
def moderator():
    return make_user("mod", first_name="Mo", groups=["Moderator"])


@pytest.fixture
def article():
    image = make_image(caption_en="The staton in Xian", caption_ru="Вокзал")
    return make_article(
        body_en=BODY, body_ru="<p>Поезд ушол в\u00a0понедельник.</p>", body_zh_hans="<p>既使下雨，列车也开。</p>",
        title_en="A trane from the east", lead_en="It caries tea.", lead_image=image,
    )  # fmt: skip


@pytest.fixture
def report(article):
    """report("begining", "beginning", prefix="The "): as a reader's page sends it."""

    def report(quote="begining", correction="beginning", language="en", whose="", **data):
        names = ("prefix", "suffix", "remark", "name", "email", "image", "field", "position", "version")
        values = dict.fromkeys(names, "") | {"field": "body", "position": None, "version": None} | data
        article.refresh_from_db()
        return typos.take(article, language, {"quote": quote, "correction": correction} | values, whose)

    return report


def columns():
    return {name: value for name, value in vars(Article.objects.get()).items() if name != "_state"}


FIRST = {"prefix": "Monday. The ", "suffix": " was cold"}


@pytest.mark.parametrize(
    ("language", "data", "column", "text"),
    [
        ("en", {"quote": "begining", "correction": "beginning", **FIRST}, "body_en", BODY.replace("in</em>", "inn</em>")),
        ("en", {"quote": "trane", "correction": "train"}, "title_en", "A train from the east"),
        ("en", {"quote": "caries", "correction": "carries"}, "lead_en", "It carries tea."),
        ("ru", {"quote": "ушол в понедельник", "correction": "ушёл в понедельник"}, "body_ru",
         "<p>Поезд ушёл в&nbsp;понедельник.</p>"),
        ("zh-hans", {"quote": "既使", "correction": "即使"}, "body_zh_hans", "<p>即使下雨，列车也开。</p>"),
    ],
)  # fmt: skip
def test_correction_goes_into_the_field_and_language_alone(article, moderator, report, language, data, column, text):
    row = report(language=language, name="Anna", **data)
    before = columns()

    decision = typos.apply_correction(row.place, row.correction, by=moderator)

    after = columns()
    changed = {name for name in after if after[name] != before[name]}
    base = {column.partition("_")[0]} if language == "en" else set()  # the base column follows the active language
    assert changed - base - {"version", "updated_at", "updated_by_id"} == {column}
    assert after[column] == text
    assert (after["version"], after["updated_by_id"]) == (before["version"] + 1, moderator.pk)
    row.refresh_from_db()
    assert (row.status, row.decision, row.decided_by) == ("accepted", decision, moderator)
    revision = Version.objects.get_for_object(article).first().revision
    assert revision.user == moderator
    assert "Anna" in revision.comment
    assert data["correction"] in revision.comment


def test_caption_is_corrected_in_its_picture(article, moderator, report):
    row = report(
        "staton", "station", field="caption", image=article.lead_image.token, prefix="The ", suffix=" in Xian"
    )

    typos.apply_correction(row.place, "station", by=moderator)

    image = Image.objects.get()
    assert (image.caption_en, image.caption_ru, image.version) == ("The station in Xian", "Вокзал", 1)
    assert Version.objects.get_for_object(image).first().revision.user == moderator


def test_correction_is_not_announced_as_an_update_and_search_finds_it(article, moderator, report):
    from news import search

    before = Edition.objects.get(article=article, language="en").updated_at
    row = report("trane", "train")

    typos.apply_correction(row.place, "train", by=moderator)

    assert Edition.objects.get(article=article, language="en").updated_at == before
    assert search.search("train", language="en").pks == [article.pk]


def test_all_reports_of_one_place_are_closed_together(moderator, report):
    one = report(**FIRST)
    two = report(**FIRST, remark="Twice n", whose="b")
    wider = report("begining was cold", "beginning was cold", prefix="Monday. The ", suffix=". All")
    other_wish = report("The begining", "A begining", prefix="Monday. ", suffix=" was cold")
    elsewhere = report(prefix="and the ", suffix=" was forgotten")

    typos.apply_correction(one.place, "beginning", by=moderator)

    waiting = set(TypoReport.objects.filter(status="new").values_list("pk", flat=True))
    assert waiting == {other_wish.pk, elsewhere.pk}
    assert one.place == two.place != wider.place


def test_second_moderator_is_told_who_was_first(moderator, report):
    row = report(**FIRST)
    typos.decide(row.place, "declined", by=moderator)

    with pytest.raises(typos.Decided) as told:
        typos.apply_correction(row.place, "beginning", by=make_user(groups=["Editor"]))

    assert told.value.decision.decided_by == moderator
    assert Article.objects.get().body_en == BODY


def test_place_that_is_not_certain_is_never_changed(article, moderator, report):
    twice = report()  # no surroundings, and it stands twice
    gone = report("Monday", "Tuesday")
    Article.objects.update(body_en=BODY.replace("Monday", "Sunday"), version=2)

    for row in (twice, gone):
        with pytest.raises(typos.Uncertain):
            typos.apply_correction(row.place, row.correction, by=moderator)

    assert Article.objects.get().version == 2
    assert TypoReport.objects.filter(status="new").count() == 2
    assert not TypoDecision.objects.exists()
    assert not Version.objects.get_for_object(article).exists()


def test_words_that_two_fields_have_are_in_no_certain_place(article, moderator, report):
    Article.objects.update(lead_en="On Monday it carries tea.")
    row = report("Monday", "Tuesday")  # by the form without a script, which knows no field

    with pytest.raises(typos.Uncertain):
        typos.apply_correction(row.place, "Tuesday", by=moderator)


def test_text_that_changed_elsewhere_is_corrected_in_the_same_place(moderator, report):
    row = report(**FIRST)
    later = BODY.replace("<p>The first", "<p>Begining again, the begining: the first").replace("forgotten", "begining")
    Article.objects.update(body_en=later, version=2)

    typos.apply_correction(row.place, "beginning", by=moderator)

    assert Article.objects.get().body_en == later.replace("in</em>", "inn</em>")


def test_equal_places_are_told_apart_in_the_same_version_only(article, moderator, report):
    Article.objects.update(body_en="<p>" + "Wagons of tea. " * 30 + "</p>")
    places = {"prefix": "Wagons of tea. " * 10 + "Wagons of ", "suffix": ". Wagons of tea" * 10}
    one = report("tea", "coffee", position=205, **places)
    two = report("tea", "cocoa", position=220, **places)

    typos.apply_correction(one.place, "coffee", by=moderator)
    with pytest.raises((typos.Uncertain, typos.Decided)):
        typos.apply_correction(two.place, "cocoa", by=moderator)

    text = quotes.plain(Article.objects.get().body_en, html=True)
    assert (text.count("tea"), text[205:211]) == (29, "coffee")


def test_mended_text_is_recognised_and_not_mended_twice(moderator, report):
    row = report("begin", "begining", prefix="and the ", suffix="ing was forgotten")
    Article.objects.update(body_en=BODY.replace("the begining", "the begininging"), version=2)
    row.refresh_from_db()

    (group,) = typos.groups([row.place])

    assert group.state == "mended"
    with pytest.raises(typos.Uncertain):
        typos.apply_correction(row.place, "begining", by=moderator)
    decision = typos.decide(row.place, "mended", by=moderator)
    assert decision.correction == "begining"


def test_correction_that_is_too_long_for_the_headline_is_not_cut(article, moderator, report):
    row = report("trane", "t" * 300)

    with pytest.raises(typos.Uncertain):
        typos.apply_correction(row.place, row.correction, by=moderator)

    assert Article.objects.get().title_en == "A trane from the east"


def test_undo_restores_the_very_bytes_while_the_rest_has_changed(moderator, report):
    row = report(**FIRST)
    decision = typos.apply_correction(row.place, "beginning", by=moderator)
    article = Article.objects.get()
    article.body_en = article.body_en.replace("forgotten", "remembered")
    article.save()

    typos.undo(decision.pk, by=moderator)

    article.refresh_from_db()
    assert article.body_en == BODY.replace("forgotten", "remembered")
    assert article.version == 3
    row.refresh_from_db()
    assert (row.status, row.decision, row.decided_at) == ("new", None, None)
    with pytest.raises(typos.Decided):
        typos.undo(decision.pk, by=moderator)


def test_undo_changes_nothing_where_somebody_wrote_since(moderator, report):
    row = report(**FIRST)
    decision = typos.apply_correction(row.place, "beginning", by=moderator)
    since = BODY.replace("beg<em>in</em>ing", "<em>start</em>")
    Article.objects.update(body_en=since)

    with pytest.raises(typos.Uncertain):
        typos.undo(decision.pk, by=moderator)

    assert Article.objects.get().body_en == since
    assert TypoDecision.objects.get().undone_at is None


def test_undo_is_open_for_a_day(moderator, report):
    row = report(**FIRST)
    decision = typos.decide(row.place, "declined", by=moderator)
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=23, minutes=59), tick=False):
        typos.undo(decision.pk, by=moderator)
        again = typos.decide(row.place, "declined", by=moderator)

    with time_machine.travel(now + timedelta(hours=48), tick=False), pytest.raises(typos.Uncertain):
        typos.undo(again.pk, by=moderator)


def test_writer_of_the_words_is_named_from_the_revisions(article, report):
    writer, later = make_user("writer"), make_user("later")
    for user, body in ((writer, BODY), (later, BODY.replace("Monday", "Tuesday"))):
        with reversion.create_revision():
            reversion.set_user(user)
            article.body_en = body
            article.save()
    old, new = report(**FIRST), report("Tuesday", "Tuesdays", prefix="on ", suffix=".")

    groups = typos.groups([old.place, new.place])

    assert [group.writer for group in groups] == [writer, later]


def test_most_frequent_proposal_comes_first(report):
    report(correction="start", **FIRST)
    report(correction="beginning", **FIRST, whose="a")
    row = report(correction="beginning", **FIRST, whose="b")

    (group,) = typos.groups([row.place])

    assert [words for words, _diff in group.shown] == ["beginning", "start"]
    assert group.times == 3


def test_corrections_thanks_to_readers_are_counted_by_language(moderator, report):
    first = report(**FIRST)
    report(**FIRST, remark="the same place", whose="b")
    typos.apply_correction(first.place, "beginning", by=moderator)
    typos.decide(report("trane", "train").place, "mended", by=moderator)
    typos.decide(report("caries", "carries").place, "declined", by=moderator)
    typos.undo(typos.apply_correction(report("Xi’an", "Xian").place, "Xian", by=moderator).pk, by=moderator)

    assert [typos.corrections_by_readers(code) for code in ("en", "ru")] == [2, 0]


def test_page_of_corrections_thanks_readers_at_once(client, moderator, report):
    def page(prefix):
        return client.get(f"{prefix}/corrections/").content.decode()

    assert "thanks to" not in page("/en")
    row = report(**FIRST)
    decision = typos.apply_correction(row.place, "beginning", by=moderator)
    assert "1 mistake in our texts was corrected thanks to a reader." in page("/en")
    typos.undo(decision.pk, by=moderator)
    assert "thanks to" not in page("/en")
    typos.decide(row.place, "mended", by=moderator)
    assert "1 mistake in our texts was corrected thanks to a reader." in page("/en")
    assert "благодаря читателям" not in page("")


def test_figures_for_the_desk(article, moderator, report, django_assert_num_queries):
    author = make_author()
    article.authors.add(author)
    now = timezone.now()
    for hours, quote in ((1, "trane"), (2, "caries"), (9, "Monday")):
        row = report(quote, "x")
        TypoReport.objects.filter(pk=row.pk).update(created_at=now - timedelta(hours=hours))
    with time_machine.travel(now, tick=False):
        for row in TypoReport.objects.all():
            typos.decide(row.place, "mended", by=moderator)
    report("Xi’an", "Xian")

    with django_assert_num_queries(6):
        figures = typo_figures.figures()

    assert figures == {
        "reports": 4,
        "corrected": 3,
        "median": "2\xa0hours",
        "sections": [("Politics", 4)],
        "authors": [("The desk", 4)],
    }


# A text that waits for publication


def waits(article, name="body", text=""):
    working_copy.stage(article, "en", {name: text})


def waiting(article, name="body"):
    """(the text that waits, the fields in which the published text is not the one that it began with), or None."""
    copy = article.working_copies.first()
    return copy and (copy.texts.get(name), working_copy.overtaken(Article.objects.get(), copy))


def test_what_waits_for_publication_gets_the_same_correction(article, moderator, report):
    longer = BODY.replace("was forgotten", "was <em>soon</em> forgotten") + "<p>The begining of more.</p>"
    waits(article, text=longer)
    row = report(**FIRST)

    decision = typos.apply_correction(row.place, "beginning", by=moderator)

    assert decision.followed
    assert Article.objects.get().body_en == BODY.replace("in</em>", "inn</em>", 1)
    assert waiting(article) == (longer.replace("in</em>", "inn</em>", 1), [])
    typos.undo(decision.pk, by=moderator)
    assert Article.objects.get().body_en == BODY
    assert waiting(article) == (longer, [])


def test_correction_that_waits_already_is_not_made_twice(article, moderator, report):
    fixed = BODY.replace("in</em>", "inn</em>", 1)
    waits(article, text=fixed + "<p>More.</p>")
    row = report(**FIRST)

    assert typos.apply_correction(row.place, "beginning", by=moderator).followed
    assert waiting(article) == (fixed + "<p>More.</p>", [])


def test_nothing_waits_any_more_where_the_correction_was_all(article, moderator, report):
    waits(article, text=BODY.replace("in</em>", "inn</em>", 1))
    row = report(**FIRST)

    assert typos.apply_correction(row.place, "beginning", by=moderator).followed
    assert waiting(article) is None


@pytest.mark.parametrize(
    "text",
    [
        "<p>Nothing of all that.</p>",
        BODY.replace("The beg<em>in</em>ing was cold", "Their beginnings had been cold"),
        BODY.replace("Monday.</p><p>The beg<em>in</em>ing was cold.", "Monday. The begining was cold.</p><p>") * 2,
    ],
)
def test_place_that_is_not_certain_in_what_waits_is_left_to_people(article, moderator, report, client, text):
    waits(article, text=text)
    row = report(**FIRST)
    client.force_login(moderator)

    queue = "/en/admin/comments/typoreport/queue/"
    response = client.post(queue, {"place": row.place, "correction": "beginning"}, follow=True)

    assert Article.objects.get().body_en == BODY.replace("in</em>", "inn</em>", 1)
    assert waiting(article) == (clean_html(text), ["body"])
    assert f"/en/admin/news/article/{article.pk}/changes/en/" in response.content.decode()


def test_waiting_change_of_another_field_stays_as_it_is(article, moderator, report):
    waits(article, "title", "Another headline")
    row = report(**FIRST)

    assert typos.apply_correction(row.place, "beginning", by=moderator).followed
    assert waiting(article, "title") == ("Another headline", [])
