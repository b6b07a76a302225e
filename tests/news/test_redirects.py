"""Renamed and merged sections, tags, authors and pages are found by their old addresses."""

import pytest
from reversion.models import Version

from infoshos.models import Page
from news.models import Section, SlugRedirect, Tag

from ..factories import make_article, make_author, make_section, make_tag
from .test_admin import posted, signed_in

pytestmark = pytest.mark.django_db
MAKERS = {
    "section": make_section,
    "tag": make_tag,
    "author": make_author,
    "page": lambda slug: Page.objects.create(slug=slug, title_ru="О нас", title_en="About", title_zh_hans="关于"),
}


def rename(thing, slug):
    thing.slug = slug
    thing.save()


def leads(client, path):
    response = client.get(path)
    return response.status_code, response.get("Location")


@pytest.mark.parametrize("kind", MAKERS)
def test_old_address_redirects_for_good_in_each_language_and_keeps_the_query(client, kind):
    rename(MAKERS[kind]("old"), "new")

    assert leads(client, f"/{kind}/old/?page=2") == (301, f"/{kind}/new/?page=2")
    assert leads(client, f"/en/{kind}/old/") == (301, f"/en/{kind}/new/")
    assert leads(client, f"/zh-hans/{kind}/old/") == (301, f"/zh-hans/{kind}/new/")
    assert client.get(f"/en/{kind}/new/").status_code == 200


@pytest.mark.parametrize("feed", ["rss", "atom"])
def test_old_feed_redirects_too(client, feed):
    rename(make_section("old"), "new")

    assert leads(client, f"/en/section/old/feed.{feed}") == (301, f"/en/section/new/feed.{feed}")


def test_many_renames_make_no_chain(client):
    tag = make_tag("a")
    for slug in "bcd":
        rename(tag, slug)

    for slug in "abc":
        assert leads(client, f"/en/tag/{slug}/") == (301, "/en/tag/d/")


def test_renaming_back_makes_no_loop(client):
    tag = make_tag("a")
    rename(tag, "b")
    rename(tag, "a")

    assert client.get("/en/tag/a/").status_code == 200
    assert leads(client, "/en/tag/b/") == (301, "/en/tag/a/")
    assert SlugRedirect.objects.count() == 1


def test_slug_that_is_taken_again_leads_to_its_new_owner(client):
    first = make_tag("tea")
    rename(first, "green-tea")
    second = make_tag("tea", name_en="Black tea")

    assert "Black tea" in client.get("/en/tag/tea/").content.decode()
    rename(second, "black-tea")
    assert leads(client, "/en/tag/tea/") == (301, "/en/tag/black-tea/")


def test_swapped_slugs_lead_each_to_its_own(client):
    first, second = make_tag("a", name_en="One"), make_tag("b", name_en="Two")
    rename(first, "c")
    rename(second, "a")
    rename(first, "b")

    assert "One" in client.get("/en/tag/b/").content.decode()
    assert "Two" in client.get("/en/tag/a/").content.decode()
    assert leads(client, "/en/tag/c/") == (301, "/en/tag/b/")


def test_language_without_a_name_has_no_redirect(client):
    rename(make_tag("old", name_zh_hans=""), "new")

    assert client.get("/zh-hans/tag/old/").status_code == 404
    assert client.get("/en/tag/never/").status_code == 404


def test_kinds_are_apart(client):
    rename(make_tag("old"), "new")

    assert client.get("/en/section/old/").status_code == 404


def test_saving_under_the_same_slug_stores_nothing():
    section = make_section("politics")
    section.title_en = "World"
    section.save()

    assert not SlugRedirect.objects.exists()


def merge(client, kept, *tags):
    data = {"action": "merge_selected", "_selected_action": [tag.pk for tag in tags]}
    page = client.post("/en/admin/news/tag/", data)
    assert [tag.pk for tag in page.context["tags"]]
    return client.post("/en/admin/news/tag/", data | {"kept": kept.pk}, follow=True)


def test_merged_tags_are_one_with_all_articles_and_addresses(client):
    kept, other, third = make_tag("tea", name_zh_hans=""), make_tag("teas"), make_tag("chai")
    rename(third, "cha")
    both, one = make_article(tags=[kept, other]), make_article(tags=[other])
    last = make_article(tags=[third])

    merge(signed_in("Editor"), kept, kept, other, third)

    assert list(Tag.objects.values_list("slug", flat=True)) == ["tea"]
    assert set(kept.articles.all()) == {both, one, last}
    kept.refresh_from_db()
    assert kept.name_zh_hans == "茶"
    for slug in ("teas", "cha", "chai"):
        assert leads(client, f"/en/tag/{slug}/") == (301, "/en/tag/tea/")


def test_merged_tag_leaves_the_page_of_the_other_at_once(client):
    kept, other = make_tag("tea"), make_tag("teas")
    article = make_article(tags=[other])
    assert list(client.get("/en/tag/tea/").context["page"]) == []

    merge(signed_in("Editor"), kept, kept, other)

    assert list(client.get("/en/tag/tea/").context["page"]) == [article]


@pytest.mark.parametrize("role", ["Reporter", "Translator"])
def test_others_merge_nothing(role):
    tags = [make_tag("tea"), make_tag("teas")]
    data = {"action": "merge_selected", "_selected_action": [tag.pk for tag in tags], "kept": tags[0].pk}

    signed_in(role).post("/en/admin/news/tag/", data)

    assert Tag.objects.count() == 2


def test_one_tag_alone_is_not_merged():
    tag = make_tag("tea")
    page = signed_in("Editor").post(
        "/en/admin/news/tag/", {"action": "merge_selected", "_selected_action": [tag.pk]}, follow=True
    )

    assert "Mark two tags" in page.content.decode()


def test_renaming_in_the_admin_keeps_history_and_address(client):
    editor = signed_in("Editor")
    section = make_section("old")
    address = f"/en/admin/news/section/{section.pk}/change/"

    editor.post(address, posted(editor.get(address)) | {"slug": "new"})

    assert Section.objects.get().slug == "new"
    assert leads(client, "/en/section/old/") == (301, "/en/section/new/")
    assert Version.objects.get_for_object(section).count() == 1
