"""Two people at one form: merged where they touched different fields, asked where they touched the same."""

import re

import pytest

from news.models import Article

from ..factories import make_article, make_author, make_image, make_tag
from .test_admin import address, errors, posted, save, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article(["en"], published=False, title_en="Title", lead_en="Lead", body_en="<p>Body</p>")


def opened(client, article):
    """What a browser has in its form: the digests are a text there."""
    return posted(client.get(address(article)))


def at_once(article):
    """Two editors with the same form, as it was opened."""
    first, second = signed_in("Editor"), signed_in("Editor")
    return first, opened(first, article), second, opened(second, article)


def post(client, article, data, **changes):
    return client.post(address(article), data | changes, follow=False)


def messages(client, article):
    return client.get(address(article)).content.decode()


def test_different_fields_are_merged_and_named(article):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, title_en="Their title", tags=[make_tag().pk])

    response = post(second, article, ours, lead_en="Our lead")

    assert response.status_code == 302, errors(response)
    saved = Article.objects.get()
    assert (saved.title_en, saved.lead_en, saved.tags.count()) == ("Their title", "Our lead", 1)
    page = messages(second, article)
    assert "Kept as somebody else has saved it meanwhile: Headline · English, Tags." in page


def test_the_same_field_must_be_chosen_and_nothing_is_stored_before(article):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, title_en="Their title", lead_en="Their lead")

    response = post(second, article, ours, title_en="Our title", body_en="<p>Our body</p>")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Somebody else has saved this article" in page
    assert first.user.username in page
    assert "Their title" in page
    assert 'value="Our title"' in page
    assert "Only the other side has changed these" in page
    saved = Article.objects.get()
    assert (saved.title_en, saved.body_en) == ("Their title", "<p>Body</p>")


def choice(response, side, field="title_en"):
    value = re.search(rf'name="choose_{field}" value="({side}:\w+)"', response.content.decode())[1]
    return {f"choose_{field}": value}


@pytest.mark.parametrize(("side", "title"), [("mine", "Our title"), ("theirs", "Their title")])
def test_chosen_side_is_saved(article, side, title):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, title_en="Their title", lead_en="Their lead")
    asked = post(second, article, ours, title_en="Our title", body_en="<p>Our body</p>")

    response = post(second, article, posted(asked), **choice(asked, side))

    assert response.status_code == 302, errors(response)
    saved = Article.objects.get()
    assert (saved.title_en, saved.lead_en, saved.body_en) == (title, "Their lead", "<p>Our body</p>")


def test_a_choice_counts_for_what_was_seen(article):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, title_en="Their title")
    asked = post(second, article, ours, title_en="Our title")
    post(first, article, opened(first, article), title_en="Their second thought")

    response = post(second, article, posted(asked), **choice(asked, "mine"))

    assert response.status_code == 200
    assert "Their second thought" in response.content.decode()
    assert Article.objects.get().title_en == "Their second thought"


def test_an_old_form_sent_twice_asks_twice(article):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, title_en="Their title")

    for _turn in range(2):
        assert post(second, article, ours, title_en="Our title").status_code == 200
    assert Article.objects.get().title_en == "Their title"


def test_same_change_of_both_is_no_conflict(article):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, title_en="The title")

    assert post(second, article, ours, title_en="The title ").status_code == 302


def test_form_without_digests_overwrites_nothing(article):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, title_en="Their title")

    response = post(second, article, ours, opened_digests="", lead_en="Our lead")

    assert response.status_code == 200
    assert (Article.objects.get().title_en, Article.objects.get().lead_en) == ("Their title", "Lead")


@pytest.mark.parametrize(("digests", "status"), [("nonsense", 200), ("[]", 302), ("7", 302), ('{"title_en": 5}', 200)])
def test_broken_digests_are_no_fault(article, digests, status):
    editor = signed_in("Editor")

    response = post(editor, article, opened(editor, article), opened_digests=digests, title_en="New")

    assert response.status_code == status


def test_edition_published_by_the_other_stays_published(article):
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, edition_en_status="published")

    response = post(second, article, ours, lead_en="Our lead")

    assert response.status_code == 302, errors(response)
    saved = Article.objects.get()
    assert saved.is_published("en")
    assert (saved.lead_en, saved.working_copies.get().texts) == ("Lead", {"lead": "Our lead"})
    kept = "Kept as somebody else has saved it meanwhile: Status · English: published or scheduled, "
    assert kept in messages(second, article)


def test_who_publishes_changes_of_what_the_other_has_withdrawn_is_told(article):
    article.publish("en")
    save(signed_in("Editor"), article, title_en="Waiting")
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, edition_en_status="withdrawn")

    response = post(second, article, ours, lead_en="Our lead", _publish_changes="en")

    assert response.status_code == 302, errors(response)
    saved = Article.objects.get()
    assert (saved.is_published("en"), saved.title_en, saved.lead_en) == (False, "Waiting", "Our lead")
    page = messages(second, article)
    assert "Nothing was published: readers don&#x27;t see English now. What you wrote is saved." in page
    assert "Status · English: withdrawn" in page


def rows(data, prefix, *values, names):
    data = {name: value for name, value in data.items() if not name.startswith(f"{prefix}-")}
    data |= {f"{prefix}-TOTAL_FORMS": len(values), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(values):
        data |= {f"{prefix}-{number}-{name}": value for name, value in zip(names, row, strict=True)}
    return data


BYLINES, GALLERY = ("author", "position"), ("image", "position")


def test_lists_touched_by_one_side_are_merged(article):
    author, image = make_author(), make_image()
    first, theirs, second, ours = at_once(article)
    post(first, article, rows(theirs, "bylines", (author.pk, 0), names=BYLINES))

    response = post(second, article, rows(ours, "gallery", (image.pk, 0), names=GALLERY))

    assert response.status_code == 302, errors(response)
    assert [row.author for row in article.bylines.all()] == [author]
    assert [row.image for row in article.gallery.all()] == [image]


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_list_touched_by_both_is_chosen(article, side):
    author, ours_author, kept = make_author(), make_author(), make_author()
    first, theirs, second, ours = at_once(article)
    post(first, article, rows(theirs, "bylines", (author.pk, 0), (kept.pk, 1), names=BYLINES))
    data = rows(ours, "bylines", (ours_author.pk, 0), (kept.pk, 1), names=BYLINES)
    asked = post(second, article, data)
    assert asked.status_code == 200

    response = post(second, article, data, **choice(asked, side, "bylines"))

    assert response.status_code == 302, errors(response)
    assert [row.author for row in article.bylines.all()] == [ours_author if side == "mine" else author, kept]


def test_row_deleted_by_the_other_stays_deleted(article):
    author = make_author()
    article.bylines.create(author=author)
    first, theirs, second, ours = at_once(article)
    post(first, article, theirs, **{"bylines-0-DELETE": "on"})

    response = post(second, article, ours, title_en="Our title")

    assert response.status_code == 302, errors(response)
    assert not article.bylines.exists()
    assert Article.objects.get().title_en == "Our title"


def test_going_back_to_an_old_text_asks_when_somebody_has_saved_since(article):
    from reversion.models import Version

    first, theirs, second, _ours = at_once(article)
    post(first, article, theirs, title_en="One")
    url = f"/en/admin/news/article/{article.pk}/history/{Version.objects.get_for_object(article).last().pk}/"
    page = posted(second.get(url))
    post(first, article, opened(first, article), title_en="Two")

    response = second.post(url, page)

    assert response.status_code == 200
    assert Article.objects.get().title_en == "Two"
    assert second.post(url, page | {"replace_version": Article.objects.get().version}).status_code == 302
    assert Article.objects.get().title_en == "One"
