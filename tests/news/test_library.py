"""The library of pictures: what comes in, what is found, where a picture is used, who may do what to it."""

import io

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models import ProtectedError
from django.urls import reverse
from PIL import Image as Pillow
from reversion.models import Version

from infoshos.models import Magazine, Page
from news import library, working_copy
from news.models import Article, Draft, GalleryItem, HomepageSlot, Image, PictureUse

from ..factories import make_article, make_image, make_user
from .test_admin import errors, posted, save, signed_in

pytestmark = pytest.mark.django_db
UPLOAD = "/en/admin/news/image/upload/"
LIST = "/en/admin/news/image/"


@pytest.fixture
def editor():
    return signed_in("Editor")


def picture(colour=(10, 90, 40), name="photo.jpg", size=(400, 300), **options):
    content = io.BytesIO()
    Pillow.new("RGB", size, colour).save(content, "JPEG", **options)
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def figure(image):
    return f'<figure><img src="/images/{image.token}/" alt=""></figure>'


def page_of(image):
    return f"/en/admin/news/image/{image.pk}/change/"


def kinds(image):
    return {use.kind: use.number for use in library.uses_of(image)}


# What is used nowhere


def test_library_lists_what_is_used_nowhere(editor):
    shown = {
        "lead": lambda image: make_article(["en"], lead_image=image),
        "gallery": lambda image: make_article(["en"]).gallery.create(image=image),
        "text": lambda image: make_article(["en"], body_en=figure(image)),
        "cover": lambda image: Magazine.objects.create(month="2026-01-01", cover=image),
        "nowhere": lambda image: None,
    }
    images = {name: make_image(title=name) for name in shown}
    for name, use in shown.items():
        use(images[name])

    found = editor.get(LIST, {"use": "nowhere"}).context["cl"].queryset

    assert [image.title for image in found] == ["nowhere"]
    assert not library.uses_of(images["nowhere"])


# Uploading


def test_each_file_answers_by_itself(editor):
    known = library.take(picture((1, 2, 3), "known.jpg"), editor.user)
    files = [
        picture((200, 0, 0), "red.jpg"),
        SimpleUploadedFile("bad.jpg", b"\xff\xd8\xff\xe0 not really"),
        picture((1, 2, 3), "again.jpg"),
        picture((0, 0, 200), "blue.jpg"),
        picture((0, 0, 200), "blue-too.jpg"),
        SimpleUploadedFile("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        picture((0, 9, 9), "tiny.jpg", size=(20, 20)),
    ]

    response = editor.post(UPLOAD, {"files": files, "licence": "CC BY", "credit_en": "Desk", "credit_ru": ""})

    results = response.context["results"]
    assert [(result["name"], "image" in result, len(result.get("errors", []))) for result in results] == [
        ("red.jpg", True, 0), ("bad.jpg", False, 1), ("again.jpg", True, 1), ("blue.jpg", True, 0),
        ("blue-too.jpg", True, 1), ("drawing.svg", False, 1), ("tiny.jpg", False, 1),
    ]  # fmt: skip
    assert results[2]["image"] == known
    words = response.content.decode()
    assert "This picture is in the library already" in words
    assert "SVG drawings are not accepted" in words
    red = Image.objects.get(file_name="red.jpg")
    assert (red.licence, red.credit_en, red.credit_ru, red.created_by) == ("CC BY", "Desk", None, editor.user)
    assert Image.objects.count() == 3


def test_upload_without_a_file_says_so_and_keeps_what_was_typed(editor):
    response = editor.post(UPLOAD, {"licence": "CC BY"})

    assert "Choose at least one file." in response.content.decode()
    assert 'value="CC BY"' in response.content.decode()


def test_too_long_a_licence_is_told_beside_it_and_with_each_file(editor):
    response = editor.post(UPLOAD, {"files": [picture(), picture((9, 9, 9))], "licence": "x" * 201})

    assert list(response.context["form"].errors) == ["licence"]
    assert [len(result["errors"]) for result in response.context["results"]] == [1, 1]
    assert not Image.objects.exists()


def test_upload_says_nothing_about_place_and_camera(editor):
    exif = Pillow.Exif()
    exif[0x010F] = "SecretCamera"
    editor.post(UPLOAD, {"files": [picture(exif=exif)]})

    with Image.objects.get().file.open() as file:
        assert b"SecretCamera" not in file.read()


def test_more_than_a_browser_without_scripts_may_send_are_named(editor, monkeypatch):
    monkeypatch.setattr("news.admin.images.AT_ONCE", 1)

    response = editor.post(UPLOAD, {"files": [picture(name="a.jpg"), picture((9, 9, 9), "b.jpg")]})

    assert [bool(result.get("errors")) for result in response.context["results"]] == [False, True]
    assert Image.objects.count() == 1


def test_script_gets_the_one_file_s_answer_alone(editor):
    response = editor.post(f"{UPLOAD}?choosing&language=en", {"files": [picture()]}, headers={"X-Fragment": "1"})

    assert response.content.decode().strip().startswith('<li class="upload-result"')
    assert f'data-number="{Image.objects.get().pk}"' in response.content.decode()


def test_same_file_at_the_same_time_is_one_picture(editor, monkeypatch):
    first = library.take(picture(), editor.user)
    deleted = []
    monkeypatch.setattr(first.file.storage, "delete", deleted.append)
    real = library.read_upload

    def unaware(upload, other_than=None):
        Image.objects.filter(pk=first.pk).update(sha256="")
        found = real(upload)
        Image.objects.filter(pk=first.pk).update(sha256=found[0])
        return found

    monkeypatch.setattr(library, "read_upload", unaware)
    with pytest.raises(library.Twin) as caught:
        library.take(picture(), editor.user)

    assert caught.value.image == first
    assert Image.objects.count() == 1
    assert len(deleted) == 1
    assert deleted != [first.file.name]


# Finding


@pytest.mark.parametrize("words", ["мост", "МОСТ", "bridge", "photo-7", "Агентство", "cc by", "桥", "bridge ДОНГ"])
def test_picture_is_found_by_all_its_words_in_every_language(editor, words):
    image = make_image(
        title="Bridge",
        alt_ru="Мост",
        caption_zh_hans="桥",
        credit_ru="Агентство Донг",
        licence="CC BY",
        file_name="photo-7.jpg",
    )
    make_image(title="Ship")

    assert list(editor.get(LIST, {"q": words}).context["cl"].queryset) == [image]
    picker = editor.get("/en/admin/news/image/picker/", {"q": words})
    assert [found["image"] for found in picker.context["pictures"]] == [image]


def test_words_are_found_as_they_were_changed():
    image = make_image(title="Bridge")
    image.alt_ru = "Паром"
    image.save(update_fields=["alt_ru"])

    assert list(Image.objects.with_words("паром")) == [image]


@pytest.mark.parametrize(
    ("lacks", "expected"),
    [("alt_ru", {"en", "none"}), ("alt_en", {"ru", "none"}), ("alt_zh_hans", {"ru", "en", "none"}),
     ("credit", {"ru", "none"}), ("licence", {"en", "none"}), ("nonsense", {"ru", "en", "none"})],
)  # fmt: skip
def test_what_is_missing_is_filtered(editor, lacks, expected):
    make_image(title="ru", alt_ru="Мост", licence="CC BY")
    make_image(title="en", alt_en="Bridge", alt_ru="", credit_zh_hans="新华社")
    make_image(title="none")

    response = editor.get(LIST, {"lacks": lacks})

    assert {image.title for image in response.context["cl"].result_list} == expected


@pytest.mark.parametrize("number", [1, 3])
def test_list_and_picker_take_few_queries(editor, number, django_assert_num_queries):
    for n in range(number):
        make_image(title=f"Bridge {n}")

    with django_assert_num_queries(6):
        editor.get(LIST, {"q": "bridge"})
    with django_assert_num_queries(6):
        editor.get("/en/admin/news/image/picker/", {"q": "bridge"})


# Where it is used


def use_as(kind, image):
    if kind == "lead":
        return make_article(["en"], lead_image=image)
    if kind == "gallery":
        return GalleryItem.objects.create(article=make_article(["en"]), image=image).article
    if kind in {"body_ru", "body_zh_hans"}:
        return make_article(["en"], published=False, **{kind: figure(image)})
    if kind == "working copy":
        article = make_article(["en"])
        working_copy.stage(article, "en", {"body": figure(image)})
        return article
    if kind == "unsaved":
        article = make_article(["en"])
        Draft.objects.create(
            user=make_user("other"), session="a", article=article, fields={"body_en": [figure(image)]}
        )
        return article
    if kind == "unsaved lead":
        article = make_article(["en"])
        Draft.objects.create(
            user=make_user("other"), session="a", article=article, fields={"lead_image": [str(image.pk)]}
        )
        return article
    if kind == "page":
        return Page.objects.create(slug="about", title_ru="О нас", body_ru=figure(image))
    return Magazine.objects.create(month="2026-11-01", cover=image)


KINDS = ["lead", "gallery", "body_ru", "body_zh_hans", "working copy", "unsaved", "unsaved lead", "page", "magazine"]


@pytest.mark.parametrize("kind", KINDS)
def test_picture_in_use_is_deleted_by_nobody(editor, kind):
    image, other = make_image(title="Bridge"), make_image(title="Ship")
    thing = use_as(kind, image)

    meta = thing._meta
    link = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])
    assert link in editor.get(page_of(image)).content.decode()
    editor.post(f"/en/admin/news/image/{image.pk}/delete/", {"post": "yes"})
    both = {"action": "delete_selected", "_selected_action": [image.pk, other.pk], "post": "yes"}
    editor.post(LIST, both)
    with pytest.raises(ProtectedError):
        image.delete()

    assert Image.objects.count() == 2
    assert image.file.storage.exists(image.file.name)


@pytest.mark.parametrize("kind", KINDS)
def test_picture_that_is_taken_out_can_be_deleted(editor, kind):
    image = make_image()
    thing = use_as(kind, image)
    Draft.objects.all().delete()
    if kind == "working copy":
        thing.working_copies.all().delete()
    GalleryItem.objects.all().delete()
    for name in ("body_ru", "body_zh_hans"):
        if hasattr(thing, name):
            setattr(thing, name, "<p>Without</p>")
    for name in ("lead_image", "cover"):
        if hasattr(thing, name):
            setattr(thing, name, None)
    thing.save()

    assert kinds(image) == {}
    image.delete()
    assert not Image.objects.exists()


@pytest.mark.parametrize("kind", ["lead_image", "body_en", "gallery"])
def test_picture_of_an_older_version_stays_for_whoever_goes_back_to_it(editor, kind):
    image = make_image()
    article = make_article(["en"], published=False)
    if kind == "gallery":
        item = GalleryItem.objects.create(article=article, image=image)
        save(editor, article)
        item.delete()
    else:
        save(editor, article, **{kind: image.pk if kind == "lead_image" else figure(image)})
        save(editor, article, **{kind: "" if kind == "lead_image" else "<p>Without</p>"})

    assert kinds(image) == {"in an older version": 1}
    assert "In an older version" in editor.get(page_of(image)).content.decode()
    editor.post(f"/en/admin/news/image/{image.pk}/delete/", {"post": "yes"})
    assert Image.objects.filter(pk=image.pk).exists()

    article.delete()  # it can be brought back
    assert kinds(image) == {"in an older version": 1}


def test_picture_that_no_version_holds_is_free(editor):
    image = make_image()
    article = make_article(["en"], published=False, body_en=figure(image))
    article.body_en = "<p>Without</p>"
    article.save()
    save(editor, article)

    assert PictureUse.objects.filter(image=image, in_text=False).exists()
    assert kinds(image) == {}


def test_uses_are_limited_and_counted(editor, monkeypatch):
    monkeypatch.setattr(library, "SHOWN", 2)
    image = make_image()
    for _number in range(3):
        make_article(["en"], lead_image=image)

    [use] = library.uses_of(image)

    assert (len(use.things), use.number) == (2, 3)
    assert "and 1 more" in editor.get(page_of(image)).content.decode()


def test_place_on_the_home_page_is_named(editor):
    image = make_image()
    article = make_article(["en"], lead_image=image)
    HomepageSlot.objects.create(language="en", article=article, place="lead")

    assert "On the home page, with its article" in editor.get(page_of(image)).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_uses_take_the_same_queries_for_many(number, django_assert_num_queries):
    image = make_image()
    for _number in range(number):
        make_article(["en"], lead_image=image, body_en=figure(image))
        GalleryItem.objects.create(article=make_article(["en"]), image=image)

    # Lead, gallery, cover; texts of three models; what waits; unsaved; older versions.
    with django_assert_num_queries(19):
        assert len(library.uses_of(image)) == 3


def test_many_at_once_are_not_deleted(editor, monkeypatch):
    monkeypatch.setattr("news.admin.images.DELETED_AT_ONCE", 1)
    images = [make_image(title=f"{n}") for n in range(2)]
    data = {"action": "delete_selected", "_selected_action": [image.pk for image in images], "post": "yes"}

    editor.post(LIST, data)

    assert Image.objects.count() == 2


def test_uses_are_rebuilt_with_older_versions(editor):
    lead, body, gallery, old, cover = (make_image(title=name) for name in "abcde")
    article = make_article(["en"], published=False, lead_image=lead, body_en=figure(body))
    GalleryItem.objects.create(article=article, image=gallery)
    save(editor, article, body_ru=figure(old))
    save(editor, article, body_ru="")
    Magazine.objects.create(month="2026-11-01", cover=cover)
    before = set(PictureUse.objects.values_list("image", "kind", "object_id", "in_text"))
    assert len(before) == 5
    PictureUse.objects.all().delete()

    call_command("rebuild_picture_uses", verbosity=0)

    assert set(PictureUse.objects.values_list("image", "kind", "object_id", "in_text")) == before


@pytest.mark.parametrize("number", [1, 3])
def test_saving_an_article_asks_once_for_its_pictures(number, django_assert_num_queries):
    images = [make_image() for _n in range(number)]
    article = make_article(["en"], body_en="".join(figure(image) for image in images))
    article = Article.objects.get(pk=article.pk)

    with django_assert_num_queries(1):
        library.note(article)


# Who may what


def test_reporter_s_picture_is_theirs_alone_and_its_file_stays(editor):
    reporter = signed_in("Reporter")
    own = library.take(picture(), reporter.user)
    other = make_image(title="Bridge")

    reporter.post(
        page_of(own), {"focal_x": "0.2", "focal_y": "0.5", "alt_en": "Own", "file": picture((7, 7, 7), "x.jpg")}
    )
    refused = reporter.post(page_of(other), {"focal_x": "0.2", "focal_y": "0.5", "alt_en": "Mine"})

    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.focal_x, own.alt_en, own.file_name) == (0.2, "Own", "photo.jpg")
    assert refused.status_code == 403
    assert (other.focal_x, other.alt_en) == (0.5, None)
    assert editor.post(page_of(other), {"focal_x": "0.3", "focal_y": "0.5"}).status_code == 302


def test_translator_writes_the_words_of_their_languages_alone():
    translator = signed_in("Translator", languages=["zh-hans"])
    image = make_image(alt_en="A bridge", licence="CC BY")

    data = {
        "focal_x": "0.1",
        "focal_y": "0.1",
        "alt_en": "Mine",
        "alt_zh_hans": "桥",
        "licence": "mine",
        "file": picture(),
    }
    assert translator.post(page_of(image), data).status_code == 302

    image.refresh_from_db()
    assert (image.alt_en, image.alt_zh_hans, image.licence, image.focal_x) == ("A bridge", "桥", "CC BY", 0.5)
    assert image.file_name == ""
    assert translator.get(UPLOAD).status_code == 403
    assert UPLOAD not in translator.get("/en/admin/news/image/picker/").content.decode()


# What is gone is gone


def test_another_file_in_its_place_removes_the_old_one(editor, client, django_capture_on_commit_callbacks):
    image = make_image(title="Bridge")
    storage, old = image.file.storage, image.file.name
    assert client.get(f"/images/{image.token}/1/full-320.jpg").status_code == 200

    with django_capture_on_commit_callbacks(execute=True):
        data = {"focal_x": "0.5", "focal_y": "0.5", "file": picture((250, 250, 250), "other.jpg")}
        assert editor.post(page_of(image), data).status_code == 302

    image.refresh_from_db()
    assert (image.version, image.file_name, image.width) == (2, "other.jpg", 400)
    assert not storage.exists(old)
    assert storages["renditions"].listdir(image.token)[0] == ["2"]
    moved = client.get(f"/images/{image.token}/1/full-320.jpg")
    assert moved["Location"] == f"/images/{image.token}/2/full-320.jpg"


def test_another_focal_point_removes_the_old_crops_alone(editor, client, django_capture_on_commit_callbacks):
    image = make_image()
    client.get(f"/images/{image.token}/1/square-320.jpg")

    with django_capture_on_commit_callbacks(execute=True):
        editor.post(page_of(image), {"focal_x": "0.1", "focal_y": "0.5"})

    assert storages["renditions"].listdir(image.token)[0] == ["2"]
    assert image.file.storage.exists(image.file.name)


def test_going_back_to_old_words_keeps_the_file(editor, django_capture_on_commit_callbacks):
    image = make_image()
    form = {"focal_x": "0.5", "focal_y": "0.5"}
    editor.post(page_of(image), form | {"alt_en": "Old words"})
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(page_of(image), form | {"alt_en": "New words", "file": picture((250, 250, 250))})
    image.refresh_from_db()
    name = image.file.name
    version = Version.objects.get_for_object(image).last()
    address = f"/en/admin/news/image/{image.pk}/history/{version.pk}/"

    assert 'value="Old words"' in editor.get(address).content.decode()
    assert editor.post(address, form | {"alt_en": "Old words"}).status_code == 302

    image.refresh_from_db()
    assert (image.alt_en, image.file.name, image.width) == ("Old words", name, 400)


# Nothing unpublished leaks


def test_picture_of_a_draft_is_named_nowhere_and_its_desk_is_closed(client):
    image = make_image(title="Secret bridge")
    make_article(published=False, lead_image=image, body_en=figure(image))
    make_article()
    for path in [
        "/",
        "/en/",
        "/en/search/?q=story",
        "/en/feed.rss",
        "/en/feed.atom",
        "/sitemap.xml",
        "/news-sitemap.xml",
    ]:
        assert image.token not in client.get(path, follow=True).content.decode(), path
    assert client.get(f"/images/{image.token}/").status_code == 404
    for path in [LIST, UPLOAD, page_of(image), "/en/admin/news/image/picker/"]:
        assert client.get(path).status_code == 302, path
    assert client.post(UPLOAD, {"files": [picture()]}).status_code == 302
    assert Image.objects.count() == 1


def test_token_can_t_be_guessed_nor_listed(client):
    image = make_image()

    assert len(image.token) == 22  # 128 bits
    for token in ("", image.token[:-1], "A" * 22):
        assert client.get(f"/images/{token}/1/full-320.jpg").status_code == 404


# Fields that hold a picture


def test_lead_and_gallery_are_chosen_by_number_without_scripts(editor):
    lead, other = make_image(title="Bridge"), make_image(title="Ship")
    article = make_article(["en"], published=False)

    address = f"/en/admin/news/article/{article.pk}/change/"
    data = posted(editor.get(address)) | {
        "lead_image": lead.pk, "gallery-TOTAL_FORMS": 1, "gallery-0-image": other.pk, "gallery-0-position": 0,
        "gallery-0-article": article.pk,
    }  # fmt: skip
    assert editor.post(address, data).status_code == 302

    article.refresh_from_db()
    assert (article.lead_image, [item.image for item in article.gallery.all()]) == (lead, [other])
    page = editor.get(address).content.decode()
    assert "Bridge" in page
    assert "Ship" in page


@pytest.mark.parametrize("number", ["999", "9" * 30, "bridge"])
def test_number_that_the_library_has_not_is_refused_beside_the_field(editor, number):
    article = make_article(["en"], published=False)

    response = save(editor, article, lead_image=number)

    assert errors(response) == {"lead_image": ["The library has no picture of this number."]}
    assert f'value="{number}"' in response.content.decode()
