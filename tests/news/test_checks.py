"""What is looked at before a text goes out: errors block, warnings ask, and nothing that was typed is lost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import checks, publication, working_copy
from news.models import Article, Edition, GalleryItem
from news.richtext import clean_html

from ..factories import make_article, make_author, make_image, make_section, make_tag, make_user
from .test_admin import act, address, errors, posted, signed_in

pytestmark = pytest.mark.django_db
GOOD = {
    "title_en": "A summit opens in Samarkand",
    "lead_en": "Leaders of ten states meet.",
    "body_en": "<p>Leaders of ten states meet in Samarkand.</p>",
}


@pytest.fixture
def editor():
    return signed_in("Editor")


def story(language="en", *, article=None, **texts):
    texts = {"title": "A summit opens", "lead": "A lead.", "body": "<p>Words.</p>"} | texts
    return checks.Story(language, texts, article=article)


def names(story):
    return [found.check for found in checks.run(story)]


def draft(**fields):
    return make_article(["en"], published=False, **(GOOD | fields))


# The checks


def test_a_sound_text_has_no_finding():
    assert checks.run(story(body='<p>Words, <a href="https://example.org/x/">a link</a>.</p>')) == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"title": " "}, ["headline_missing"]),
        ({"body": "<p> </p>"}, ["text_missing"]),
        ({"lead": ""}, ["lead_missing"]),
        ({"title": "A summit opens…"}, ["headline_cut"]),
        ({"title": "A summit opens in:"}, ["headline_cut"]),
        ({"title": "A summit opens in Uzbekis", "body": "<p>Uzbekistan, and Uzbekistan.</p>"}, ["headline_cut"]),
        ({"title": "A summit opens in Uzbekistan", "body": "<p>Uzbekistan's capital.</p>"}, []),
        ({"title": "Talks of Iran's envoys", "body": "<p>The envoy of Iran.</p>"}, []),
        ({"title": "W" * 110}, []),
        ({"title": "W" * 111}, ["headline_cut"]),
        ({"lead": "The the end."}, ["doubled_words"]),
        ({"body": "<ul><li>Sаmarkand</li></ul>"}, ["mixed_scripts"]),
    ],
)
def test_texts_are_looked_at(texts, expected):
    assert names(story(**texts)) == expected


def test_russian_forms_of_a_word_are_not_taken_for_a_cut_headline():
    text = {"title": "Встреча в Иране", "lead": "Вводка.", "body": "<p>Иран и Ирана.</p>"}
    assert names(story("ru", **text)) == []
    assert names(story("ru", **(text | {"title": "Глава Узбекис", "body": "<p>Узбекистана нет.</p>"}))) == [
        "headline_cut"
    ]


def test_a_chinese_headline_is_measured_by_its_width():
    assert names(story("zh-hans", title="上" * 55, lead="导语。", body="<p>正文</p>")) == []
    assert names(story("zh-hans", title="上" * 56, lead="导语。", body="<p>正文</p>")) == ["headline_cut"]


def test_pictures_need_their_alternative_text_in_this_language():
    lead, gallery, inner, described = [make_image(alt_en="In English", alt_ru="") for _number in range(3)] + [
        make_image()
    ]
    body = f'<figure><img src="/images/{inner.token}/"></figure><p>Слова.</p>'
    body += f'<figure><img src="/images/{described.token}/" alt="Описана здесь"></figure>'
    for language, expected in (("ru", ["lead_image", "gallery", "body"]), ("en", [])):
        text = story(language, title="Встреча", lead="Вводка.", body=clean_html(body))
        text.lead_image, text.gallery = lead.pk, [gallery.pk]
        found = [row for row in checks.run(text) if row.check == "alt_missing"]
        assert [row.field for row in found] == expected
    assert [row.image for row in checks.run(text) if row.check == "alt_missing"] == []


def link(address):
    return story(body=f'<p>See <a href="{address}">this</a>.</p>')


def test_links_that_lead_somewhere_are_left_alone(settings):
    article = make_article(["ru", "en"], legacy_idn=None)
    section, tag, author = make_section("politics"), make_tag("tea"), make_author("desk")
    for good in [
        "/en/", "/", "/en/search/?q=x", "/en/archive/2026/", article.address("en"), article.address("ru"),
        settings.SITE_URL + article.address("en") + "#comments", f"/en/section/{section.slug}/", f"/en/tag/{tag.slug}/",
        f"/author/{author.slug}/", "https://example.org/nowhere/", "mailto:desk@example.org", "#comments",
        "/static/css/site.css",
    ]:  # fmt: skip
        assert names(link(good)) == [], good


@pytest.mark.parametrize(
    "bad",
    ["/en/nowhere/", "/en/news/99999-x/", "/news/9999999999999999999999-x/", "/en/section/none/", "/en/tag/none/",
     "/en/page/none/", "/en/states/zz/", "/static/none.css", "www.example.org", "/admin/", "/?idn=77", "/?idn=x", "/%00",
     "{site}/en/tag/none/"],
)  # fmt: skip
def test_links_that_lead_nowhere_are_errors(settings, bad):
    [found] = checks.run(link(bad.format(site=settings.SITE_URL)))
    assert (found.check, found.severity, found.field) == ("link_leads_nowhere", "error", "body")


def test_a_link_to_what_readers_cannot_see_asks():
    later = timezone.now() + timedelta(hours=1)
    hidden, scheduled, russian = make_article(published=False), make_article(at=later), make_article(["ru"])
    for article in (hidden, scheduled, russian):
        [found] = checks.run(link(f"/en/news/{article.pk}-x/"))
        assert (found.check, found.severity) == ("link_to_unpublished", "warning")
    text = link(scheduled.address("en"))
    text.at = later + timedelta(minutes=1)
    assert checks.run(text) == []
    assert names(link(f"/en/tag/{make_tag(name_en='').slug}/")) == ["link_to_unpublished"]
    own = story(article=hidden, body=f'<p><a href="{hidden.address("en")}">This one</a></p>')
    assert checks.run(own) == []


def test_an_old_address_that_redirects_is_a_hint():
    article, tag = make_article(legacy_idn=77), make_tag("tea")
    tag.slug = "green-tea"
    tag.save()
    for moved in ("/en/tag/tea/", f"/en/news/{article.pk}-other/", "/en/?idn=77", f"/en/tag/{tag.slug}"):
        [found] = checks.run(link(moved))
        assert (found.check, found.severity) == ("link_redirects", "hint"), moved


def test_a_translation_older_than_its_source_asks():
    article = make_article(["ru", "en"], **GOOD, lead_ru="Вводка.")
    article.body_ru = "<p>Иной текст.</p>"
    article.save()
    [found] = checks.run(checks.saved_story(article, "en"))
    assert (found.check, found.severity) == ("older_than_source", "warning")
    assert checks.run(checks.saved_story(article, "ru")) == []


def test_any_number_of_links_and_pictures_takes_the_same_queries():
    def crowded(number):
        images = [make_image() for _step in range(number)]
        articles = [make_article(["en"]) for _step in range(number)]
        paths = [article.address("en") for article in articles]
        paths += [f"/en/tag/{make_tag().slug}/" for _step in range(number)]
        paths += [f"/en/section/{make_section().slug}/" for _step in range(number)]
        paths += ["/en/states/ru/", "/en/?idn=5"]
        body = "".join(f'<p><a href="{path}">x</a></p>' for path in paths)
        body += "".join(f'<figure><img src="/images/{image.token}/"></figure>' for image in images)
        article = make_article(["ru", "en"], **(GOOD | {"body_en": body}), lead_image=images[0])
        for image in images:
            GalleryItem.objects.create(article=article, image=image)
        return Article.objects.prefetch_related("editions").get(pk=article.pk)

    for number in (1, 3):
        article = crowded(number)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            found = checks.run(checks.saved_story(article, "en"))
        assert len([row for row in found if row.check == "alt_missing"]) == 1 + 2 * number
        assert len(captured) == 10


# Publishing


def test_code_is_stopped_by_errors_alone():
    article = draft(lead_en="")
    assert publication.publish(article, "en").status == Edition.Status.PUBLISHED
    wrong = draft(body_en='<p><a href="/en/nowhere/">x</a></p>')
    with pytest.raises(checks.Objection):
        publication.publish(wrong, "en")


def test_a_person_is_asked_once():
    article, editor = draft(lead_en=""), make_user(groups=["Editor"])
    with pytest.raises(checks.Objection) as refused:
        publication.publish(article, "en", by=editor)
    assert refused.value.asks
    seen = {found.key for found in refused.value.findings}
    assert publication.publish(article, "en", by=editor, seen=seen).status == Edition.Status.PUBLISHED


def test_changes_that_wait_go_out_by_the_same_rules():
    article, editor = make_article(["en"], **GOOD), make_user(groups=["Editor"])
    working_copy.stage(article, "en", {"lead": "The the lead."}, by=editor)
    with pytest.raises(checks.Objection) as refused:
        working_copy.publish_changes(article, "en", by=editor)
    working_copy.publish_changes(article, "en", by=editor, warnings_seen={refused.value.findings[0].key})
    article.refresh_from_db()
    assert article.lead_en == "The the lead."


def test_what_was_accepted_goes_out_with_the_last_language_though_it_would_ask():
    texts = {"lead_ru": "", "lead_en": ""}
    article = make_article(["ru", "en"], published=False, together=["ru", "en"], **texts)
    editor = make_user(groups=["Editor"])
    publication.publish(article, "ru", by=editor, seen={"ru:lead_missing"})
    assert not article.is_published("ru")
    with pytest.raises(checks.Objection):
        publication.publish(Article.objects.get(), "en", by=editor)
    publication.publish(Article.objects.get(), "en", by=editor, seen={"en:lead_missing"})
    assert Article.objects.get().published_languages() == ["ru", "en"]


# The form


def fill(client, article, **changes):
    data = posted(client.get(address(article))) | {"seen_warnings": ""} | changes
    return client.post(address(article), data), data


def test_a_warning_asks_with_everything_typed_still_there(editor):
    article = draft()
    response, data = fill(editor, article, title_en="The the summit", edition_en_status="published")

    assert response.status_code == 200
    page = response.content.decode()
    assert 'value="The the summit"' in page
    assert 'data-quote="The the"' in page
    assert "Please correct the error" not in page
    assert not Article.objects.get().is_published("en")
    form = response.context["adminform"].form
    assert form.asked == ["en"]

    seen = [found.key for found in form.findings["en"]]
    assert f'name="seen_warnings" value="{seen[0]}"' in page
    response = editor.post(address(article), data | {"seen_warnings": seen})
    assert response.status_code == 302
    assert Article.objects.get().is_published("en")


def test_what_was_seen_covers_nothing_new(editor):
    article = draft()
    response, data = fill(editor, article, title_en="The the summit", edition_en_status="published")
    seen = [found.key for found in response.context["adminform"].form.findings["en"]]

    response = editor.post(address(article), data | {"seen_warnings": seen, "lead_en": "In in Samarkand."})

    assert response.status_code == 200
    assert not Article.objects.get().is_published("en")


def test_an_error_blocks_whatever_was_seen(editor):
    article = draft()
    wrong = '<p>See <a href="/en/nowhere/">this</a>.</p>'
    response, data = fill(editor, article, body_en=wrong, edition_en_status="published")
    seen = [found.key for found in response.context["adminform"].form.findings["en"]]
    response = editor.post(address(article), data | {"seen_warnings": seen})

    assert response.status_code == 200
    assert errors(response)["body_en"] == ["The link “this” leads nowhere on this site."]
    assert not Article.objects.get().is_published("en")


def test_scheduling_asks_and_the_minute_does_not(editor, time_machine):
    time_machine.move_to("2026-03-01T09:00:00Z", tick=False)
    article = draft(lead_en="")
    when = {"edition_en_status": "published", "edition_en_published_at": "2026-03-01T15:00"}
    response, data = fill(editor, article, **when)
    assert response.status_code == 200
    editor.post(address(article), data | {"seen_warnings": "en:lead_missing"})
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    assert Article.objects.get().is_published("en")


def test_drafts_are_saved_without_being_asked(editor):
    article = draft(lead_en="")
    response, _data = fill(editor, article, title_en="The the …")
    assert response.status_code == 302
    assert Article.objects.get().title_en == "The the …"


def test_changes_of_a_published_text_are_checked_when_they_are_published(editor):
    article = make_article(["en"], **GOOD)
    response, _data = fill(editor, article, lead_en="The the lead.")
    assert response.status_code == 302
    response, data = fill(editor, article, _publish_changes="en")
    assert response.context["adminform"].form.asked == ["en"]
    assert 'name="_publish_changes" value="en">I have seen it' in response.content.decode()
    editor.post(address(article), data | {"seen_warnings": response.context["adminform"].form.findings["en"][0].key})
    assert Article.objects.get().lead_en == "The the lead."


def test_what_readers_see_already_is_not_asked_about_again(editor):
    article = make_article(["en"], **(GOOD | {"lead_en": "The the lead."}))
    response, _data = fill(editor, article, tags=[make_tag().pk])
    assert response.status_code == 302


def test_a_lead_picture_without_words_asks_as_it_goes_out_at_once(editor):
    article = make_article(["en"], **GOOD)
    response, _data = fill(editor, article, lead_image=make_image().pk)
    assert [found.check for found in response.context["adminform"].form.findings["en"]] == ["alt_missing"]
    assert Article.objects.get().lead_image is None


def test_check_looks_at_unsaved_text_and_saves_nothing(editor):
    article = draft()
    response, _data = fill(editor, article, lead_en="The the lead.", _check="en")

    page = response.content.decode()
    assert response.status_code == 200
    assert 'data-quote="The the"' in page
    assert "This is only a check: nothing is saved yet." in page
    saved = Article.objects.get()
    assert (saved.lead_en, saved.version) == (GOOD["lead_en"], 1)


def test_a_script_gets_the_findings_alone(editor):
    article = draft()
    data = posted(editor.get(address(article))) | {"lead_en": "The the lead.", "_check": "en"}
    page = editor.post(address(article), data, headers={"X-Requested-With": "fetch"}).content.decode()
    assert page.lstrip().startswith('<div class="checks" id="checks-ru"')
    assert 'data-quote="The the"' in page
    assert "<form" not in page


def test_check_of_an_article_that_is_new_makes_none(editor):
    data = posted(editor.get("/en/admin/news/article/add/")) | {"section": make_section().pk, "_check": "en"}
    response = editor.post("/en/admin/news/article/add/", data | {"title_en": "The the summit"})
    assert 'data-quote="The the"' in response.content.decode()
    assert not Article.objects.exists()


def test_the_form_tells_of_saved_texts_when_it_is_opened(editor):
    page = editor.get(address(draft(lead_en="The the lead."))).content.decode()
    assert 'href="#id_lead_en"' in page
    assert "seen_warnings" not in page


def test_a_translator_is_told_of_their_own_language_alone():
    client = signed_in("Translator", languages=["en"])
    article = make_article(["ru", "en"], published=False, lead_ru="И и вводка.", lead_en="The the lead.")
    page = client.get(address(article)).content.decode()
    assert 'data-quote="The the"' in page
    assert "И и" not in page.partition('id="checks-en"')[2].partition("</ul>")[0]
    assert 'id="checks-ru"' not in page


# Many at once


def test_publishing_many_asks_about_those_with_warnings(editor):
    sound, doubtful = draft(), draft(lead_en="")
    page = act(editor, "publish_selected", sound, doubtful)

    assert sound.is_published("en")
    assert not Article.objects.get(pk=doubtful.pk).is_published("en")
    assert "There is no lead" in page.content.decode()

    data = {
        "action": "publish_selected",
        "_selected_action": [doubtful.pk],
        f"seen_warnings_{doubtful.pk}": "en:lead_missing",
    }
    editor.post("/en/admin/news/article/", data)
    assert Article.objects.get(pk=doubtful.pk).is_published("en")
