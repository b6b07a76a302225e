"""Arranging the home page in the admin: steps, choosing, saving, conflicts, history, preview."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from reversion.models import Version

from news import arranging, homepage
from news.models import Arrangement, Article, Edition, HomepageSlot
from news.saves import readable

from ..factories import make_article, make_section
from .test_admin import signed_in

pytestmark = pytest.mark.django_db
Place = HomepageSlot.Place
ADDRESS = "/en/admin/news/homepageslot/?language=en"


@pytest.fixture
def editor():
    return signed_in("Editor")


def posted(response):
    """What a browser would post of the arrangement that it was shown."""
    picture = response.context["picture"]
    data = {"version": response.context["version"], "slots": 0, "at": response.context["shown_at"]}
    for place in picture.lanes:
        for card in place["cards"]:
            data["slots"] += 1
            data |= {bound.html_name: bound.value() or "" for bound in card.form}
    return data


def do(client, response, step, **changes):
    return client.post(ADDRESS, posted(response) | {"do": step} | changes)


def stored(language="en"):
    return [
        (slot.place, slot.article_id) for slot in HomepageSlot.objects.filter(language=language).order_by("position")
    ]


def put(article, lane, position=""):
    return f"put:a{article.pk}:{lane}:{position}"


def test_steps_change_nothing_until_they_are_saved_and_then_that_language_alone(editor):
    first, second = make_article(), make_article()
    page = do(editor, editor.get(ADDRESS), put(first, "lead:"))
    page = do(editor, page, put(second, "feature:"))
    assert stored() == []

    response = do(editor, page, "save")

    assert response.status_code == 302
    assert stored() == [("lead", first.pk), ("feature", second.pk)]
    assert stored("ru") == stored("zh-hans") == []
    assert homepage.build("en").lead == first


def test_story_is_put_between_others_moved_over_the_edge_of_its_place_and_taken_off(editor):
    a, b, c = (make_article() for _ in range(3))
    page = editor.get(ADDRESS)
    for step in (put(a, "second:"), put(b, "second:"), put(c, "second:", 1)):
        page = do(editor, page, step)
    assert rows(page) == [("second", a.pk), ("second", c.pk), ("second", b.pk)]

    page = do(editor, page, "up:0")
    assert rows(page) == [("lead", a.pk), ("second", c.pk), ("second", b.pk)]
    assert "Lead story, 1 of 1" in page.context["said"]
    page = do(editor, page, "down:1")
    assert rows(page) == [("lead", a.pk), ("second", b.pk), ("second", c.pk)]
    page = do(editor, page, "down:2")
    assert rows(page)[-1] == ("feature", c.pk)
    page = do(editor, page, "remove:1")
    assert rows(page) == [("lead", a.pk), ("feature", c.pk)]


def rows(response):
    return [
        (card.form["place"].value(), int(card.form["article"].value()))
        for place in response.context["picture"].lanes
        for card in place["cards"]
    ]


def test_nothing_becomes_breaking_news_by_a_step_up(editor):
    article = make_article()
    page = do(editor, editor.get(ADDRESS), put(article, "lead:"))

    assert rows(do(editor, page, "up:0")) == [("lead", article.pk)]


def test_breaking_news_ends_after_six_hours_unless_said_otherwise(editor):
    now = timezone.now().replace(second=0, microsecond=0)
    with time_machine.travel(now, tick=False):
        page = do(editor, editor.get(ADDRESS), put(make_article(), "breaking:"))
        do(editor, page, "save")
        assert HomepageSlot.objects.get().until == now + timedelta(hours=6)
    slot = HomepageSlot.objects.create(language="ru", place=Place.BREAKING, article=Article.objects.get())
    assert slot.until - timezone.now() < timedelta(hours=6, minutes=1)


@pytest.mark.parametrize("step", ["", "up:9", "put:a1", "put:x:y:z:w", "put:sA:lead::", "move:0", "remove:-1", "up:²"])
def test_odd_steps_change_nothing(editor, step):
    page = do(editor, editor.get(ADDRESS), put(make_article(), "lead:"))

    again = do(editor, page, step)

    assert again.status_code == 200
    assert rows(again) == rows(page)


def test_only_what_is_published_or_scheduled_in_the_language_can_be_chosen(editor):
    published = make_article(title_en="Tea harvest")
    scheduled = make_article(at=timezone.now() + timedelta(hours=3), title_en="Tea summit")
    draft = make_article(published=False, title_en="Tea secret")
    russian = make_article(["ru"], title_ru="Чай Tea")
    over = make_article(title_en="Tea of old")
    Edition.objects.filter(article=over).update(unpublish_at=timezone.now() - timedelta(seconds=1))

    page = editor.post(ADDRESS, {"do": "show", "q": "TEA", "slots": "0", "version": "0"})
    assert page.context["found"] == [scheduled, published]
    assert [a.pk for a in arranging.search("en", str(published.pk), timezone.now())][:1] == [published.pk]
    for article in (draft, russian, over):
        page = do(editor, page, put(article, "lead:"))
        assert rows(page) == []
        assert "can't be placed" in page.context["said"]


def test_search_knows_the_case_of_no_language():
    article = make_article(title_ru="Саммит в Ташкенте")
    assert arranging.search("ru", "саммит ташкенте", timezone.now()) == [article]


def test_wrong_times_are_said_beside_the_field_and_nothing_typed_is_lost(editor):
    page = do(editor, editor.get(ADDRESS), put(make_article(), "lead:"))
    wrong = {"slot-0-since": "2026-11-25T09:00", "slot-0-until": "2026-11-25T08:00"}

    response = do(editor, page, "save", **wrong)

    assert response.status_code == 200
    html = response.content.decode()
    assert "A slot must end after it begins." in html
    assert 'value="2026-11-25T08:00"' in html
    assert stored() == []


def test_who_comes_second_is_shown_what_was_saved_and_overwrites_only_knowingly(editor):
    mine, hers = make_article(title_en="Mine"), make_article(title_en="Hers")
    other = signed_in("Editor", username="olga")
    my_page = do(editor, editor.get(ADDRESS), put(mine, "lead:"))
    do(other, do(other, other.get(ADDRESS), put(hers, "lead:")), "save")

    response = do(editor, my_page, "save")

    assert response.status_code == 200
    assert stored() == [("lead", hers.pk)]
    assert response.context["conflict"]["lanes"] == [{"label": "Lead story", "titles": ["Hers"]}]
    assert "olga" in response.content.decode()
    assert rows(response) == [("lead", mine.pk)]
    assert do(editor, response, "save").context["conflict"]  # not by pressing again

    done = do(editor, response, "save", replace_version=response.context["conflict"]["version"])
    assert done.status_code == 302
    assert stored() == [("lead", mine.pk)]


def test_two_saves_at_once_make_one_arrangement_and_one_conflict():
    article = make_article()
    proposal = arranging.Proposal(
        "en", [dict.fromkeys(arranging.FIELDS, "") | {"article": str(article.pk), "place": "lead"}]
    )
    user = signed_in("Editor").user
    arranging.arrange(proposal, opened_version=0, by=user)

    with pytest.raises(arranging.Conflict):
        arranging.arrange(proposal, opened_version=0, by=user)

    assert Arrangement.objects.get(language="en").version == 1


def test_every_save_is_a_revision_and_an_old_one_can_come_back(editor):
    first, second = make_article(title_en="First"), make_article(title_en="Second")
    page = do(editor, editor.get(ADDRESS), put(first, "lead:"))
    do(editor, page, "save")
    page = editor.get(ADDRESS)
    do(editor, do(editor, do(editor, page, "remove:0"), put(second, "lead:")), "save")
    assert stored() == [("lead", second.pk)]

    saves = list(arranging.history("en"))
    assert [save.revision.user for save in saves] == [editor.user, editor.user]
    told = ["+ Lead story: Second", "− Lead story: First"]
    assert [text for text, _lang in readable(saves[0].revision.comment)] == told
    russian = editor.get(ADDRESS.removeprefix("/en")).content.decode()
    assert "+ Главный материал: Second<br>− Главный материал: First" in russian
    chinese = editor.get(ADDRESS.replace("/en", "/zh-hans", 1)).content.decode()
    assert "：Second<br>− " in chinese
    page = editor.get(f"{ADDRESS}&revision={saves[1].pk}")
    assert rows(page) == [("lead", first.pk)]
    assert stored() == [("lead", second.pk)]  # looking changes nothing
    do(editor, page, "save")
    assert stored() == [("lead", first.pk)]
    assert editor.get(f"{ADDRESS}&revision=999999").status_code == 404
    assert editor.get(f"{ADDRESS}&revision=x").status_code == 404


def test_revision_of_another_language_is_not_found(editor):
    article = make_article()
    do(editor, do(editor, editor.get(ADDRESS), put(article, "lead:")), "save")
    version = Version.objects.get_for_model(Arrangement).get()

    assert editor.get(f"/en/admin/news/homepageslot/?language=ru&revision={version.pk}").status_code == 404


def test_story_or_section_that_is_gone_meanwhile_is_said_and_no_error(editor):
    section = make_section("gone")
    make_section("stays")
    article, lost = make_article(), make_article()
    page = do(editor, editor.get(ADDRESS), put(lost, "lead:"))
    page = do(editor, page, put(article, f"section:{section.pk}"))
    lost.delete()
    section.articles.all().delete()
    section.delete()

    response = do(editor, page, "save")

    assert response.status_code == 200
    html = response.content.decode()
    assert "not there any more" in html
    assert stored() == []


def test_saving_makes_the_language_s_pages_stale_and_no_other_s(editor, client):
    old, new = make_article(at=timezone.now() - timedelta(days=2)), make_article()
    with time_machine.travel(timezone.now(), tick=False):
        before = {code: client.get(path).content for code, path in (("en", "/en/"), ("ru", "/"))}
        assert before["en"].index(new.title_en.encode()) < before["en"].index(old.title_en.encode())
        do(editor, do(editor, editor.get(ADDRESS), put(old, "lead:")), "save")

        after = client.get("/en/").content
        assert after.index(old.title_en.encode()) < after.index(new.title_en.encode())
        assert client.get("/").content == before["ru"]


def test_preview_shows_tomorrow_s_page_to_editors_alone_and_is_kept_nowhere(editor, client):
    now = timezone.now()
    coming = make_article(["en"], at=now + timedelta(hours=20), title_en="Comes tomorrow")
    gone = make_article(["en"], title_en="Gone by then")
    Edition.objects.filter(article=gone).update(unpublish_at=now + timedelta(hours=1))
    HomepageSlot.objects.create(language="en", place=Place.LEAD, article=coming)
    at = arranging.typed(now + timedelta(days=1))

    page = editor.get(f"/en/?at={at}")

    html = page.content.decode()
    assert coming.title_en in html
    assert gone.title_en not in html
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    for stranger in (client, signed_in("Reporter"), signed_in("Translator")):
        response = stranger.get(f"/en/?at={at}")
        assert coming.title_en not in response.content.decode()
        assert gone.title_en in response.content.decode()
    assert "Cookie" not in client.get(f"/en/?at={at}").get("Vary", "")
    for no_time in ("yesterday", "0001-01-01T00:00", "9999-12-31T23:59-23:00", "1899-12-31T00:00"):
        assert editor.get(f"/en/?at={no_time}").status_code == 404
    assert editor.get("/en/").content == client.get("/en/").content


def test_unsaved_arrangement_can_be_previewed(editor):
    old, new = make_article(at=timezone.now() - timedelta(days=2)), make_article()
    page = do(editor, editor.get(ADDRESS), put(old, "lead:"))

    html = do(editor, page, "preview").content.decode()

    assert html.index(old.title_en) < html.index(new.title_en)
    assert stored() == []


def test_page_speaks_the_admin_s_language_and_shows_the_stories_of_the_other(editor):
    make_article(["ru"], title_ru="Чай подорожал")
    page = editor.get("/en/admin/news/homepageslot/?language=ru").content.decode()

    assert 'lang="ru">Чай подорожал' in page
    assert "Lead story" in page


@pytest.mark.parametrize("number", [1, 5])
def test_arrangement_takes_few_queries(editor, number, django_assert_num_queries):
    for position in range(number):
        article = make_article()
        HomepageSlot.objects.create(language="en", place=Place.FEATURE, position=position, article=article)
    editor.get(ADDRESS)
    with django_assert_num_queries(16):
        editor.get(ADDRESS)


@pytest.mark.parametrize("role", ["Reporter", "Translator", "Moderator"])
def test_others_may_neither_see_nor_save(role):
    article = make_article()
    client = signed_in(role)

    assert client.get(ADDRESS).status_code == 403
    data = {"do": "save", "slots": "1", "version": "0", "slot-0-article": article.pk, "slot-0-place": "lead"}
    assert client.post(ADDRESS, data).status_code == 403
    assert stored() == []


def test_article_with_a_place_can_still_be_deleted(editor):
    article = make_article(published=False)
    HomepageSlot.objects.create(language="en", place=Place.LEAD, article=article)

    editor.post(reverse("admin:news_article_delete", args=[article.pk]), {"post": "yes"})

    assert not Article.objects.exists()
    assert stored() == []
