import json
from pathlib import Path

import pytest
from django.test import Client

from comments import quotes, readers, typos
from comments.models import TypoReport
from tests.factories import make_article, make_image

CASES = json.loads((Path(__file__).parent.parent / "data" / "typos.json").read_text())
BODY = (
    "<p>The first train left <strong>Xi&#8217;an</strong> on&nbsp;Monday.</p>"
    "<p>The begining was cold. All went well, and the begining was forgotten. Nobody knew.</p>"
)
AFTER = " was cold. All went well, and the begining was forgotten. Nobody knew."
REPORT = {
    "quote": "begining",
    "correction": "beginning",
    "prefix": "The ",
    "suffix": " was cold.",
    "field": "body",
    "version": "1",
}


@pytest.mark.parametrize(("raw", "normal"), CASES["normalise"])
def test_normalise(raw, normal):
    assert quotes.normalise(raw) == normal


@pytest.mark.parametrize("case", CASES["find"], ids=lambda case: case["text"])
def test_find(case):
    place = case.pop("place")

    assert quotes.find(**case) == (tuple(place) if place else None)


@pytest.fixture
def article(db):
    image = make_image(caption_en="The station in Xian", caption_ru="Вокзал")
    return make_article(body_en=BODY, title_en="A train from the east", lead_en="It carries tea.", lead_image=image)


def send(client, article, **change):
    return client.post(f"/en/comments/typo/{article.pk}/", REPORT | change)


def test_report_is_anchored_and_stored(client, article):
    response = send(client, article, remark="Twice n", name="Anna", email="anna@example.org")

    assert response.status_code == 302
    report = TypoReport.objects.get()
    assert (report.quote, report.prefix, report.suffix, report.correction) == (
        "begining",
        "The first train left Xi’an on Monday. The ",
        AFTER,
        "beginning",
    )
    assert (report.position, report.repeated) == (42, False)
    assert (report.article, report.language, report.field, report.article_version) == (article, "en", "body", 1)
    assert (report.anchored, report.status, report.remark, report.reporter_email) == (
        True,
        "new",
        "Twice n",
        "anna@example.org",
    )
    assert not response.cookies
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("change", "field", "anchored"),
    [
        ({"quote": "Xi’an on Monday"}, "body", False),  # other surroundings than reported
        ({"quote": "Xi’an on\u00a0Monday", "prefix": "", "suffix": ""}, "body", True),
        ({"quote": "begining", "prefix": "", "suffix": ""}, "body", False),  # stands twice
        ({"quote": "begining", "prefix": "and the ", "suffix": ""}, "body", True),
        ({"quote": "from the east", "prefix": "", "suffix": "", "field": "title"}, "title", True),
        ({"quote": "from the east", "prefix": "", "suffix": "", "field": ""}, "title", True),  # by the plain form
        ({"quote": "carries", "prefix": "It ", "suffix": " tea", "field": "lead"}, "lead", True),
        ({"quote": "station", "prefix": "The ", "suffix": " in", "field": "caption"}, "caption", True),
        ({"quote": "not there at all"}, "body", False),
        ({"field": "body; DROP TABLE"}, "body", True),
        ({"version": "9" * 40}, "body", True),
        ({"prefix": "x" * 1_000_000}, "body", False),  # a short side is not enough by itself
        ({"prefix": "x" * 1_000_000, "suffix": AFTER}, "body", True),
        (
            {"quote": "cold", "prefix": "x", "suffix": AFTER.removeprefix(" was cold")},
            "body",
            True,
        ),  # once, to the end
    ],
)
def test_place_of_the_quote(client, article, change, field, anchored):
    assert send(client, article, **change).status_code == 302

    report = TypoReport.objects.get()
    assert (report.field, report.anchored) == (field, anchored)


def test_sentence_around_the_quote(client, article):
    send(client, article, quote="forgotten", prefix="", suffix="")

    assert typos.sentence(TypoReport.objects.get()) == ("All went well, and the begining was ", "forgotten", ".")


@pytest.mark.parametrize(
    "change",
    [
        {"quote": ""},
        {"quote": "\u00ad \u200b"},
        {"quote": "x" * 251},
        {"quote": "a\x00b"},
        {"quote": "x" * 1_000_000},
        {"correction": "x" * 501},
        {"correction": "a\x00b"},
        {"remark": "x" * 1001},
        {"email": "nobody\nBcc: x@example.org"},
        {"prefix": "a\x00b"},
        {"correction": "", "remark": ""},
        {"correction": "begining", "remark": " "},
    ],
)
def test_wrong_report_is_shown_again_with_all_that_was_typed(client, article, change):
    response = send(client, article, **change)

    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors
    assert {name: form[name].value() for name in REPORT} == REPORT | {k: v for k, v in change.items() if k in REPORT}
    assert not TypoReport.objects.exists()


def test_quote_of_250_characters_is_taken(client, article):
    assert send(client, article, quote="汉" * 250).status_code == 302


def test_same_report_twice_counts_once(client, article):
    send(client, article)
    send(client, article)  # a browser that did not hear the answer sends it again
    assert TypoReport.objects.get().times == 1
    send(Client(REMOTE_ADDR="10.0.0.9"), article)
    assert TypoReport.objects.get().times == 2

    send(client, article, remark="And the comma")  # nothing that a person wrote is lost
    send(Client(REMOTE_ADDR="10.0.0.9"), article, email="anna@example.org")
    assert TypoReport.objects.values("place").distinct().count() == 1
    send(client, article, prefix="and the ", suffix=" was forgotten")  # another place
    assert TypoReport.objects.count() == 4
    assert TypoReport.objects.values("place").distinct().count() == 2


def test_caption_is_that_of_the_picture_named_by_the_page(client, article):
    other = make_image(caption_en="The station in Xian at night")
    hidden = make_image(caption_en="The station in Xian, not shown")
    article.gallery.create(image=other)
    caption = {"field": "caption", "quote": "Xian", "prefix": "The station in "}

    send(client, article, **caption, suffix="", image=article.lead_image.token)
    send(client, article, **caption, suffix=" at night", image=other.token)
    send(client, article, **caption, suffix=", not shown", image=hidden.token)

    rows = TypoReport.objects.order_by("pk").values_list("image", "anchored")
    assert list(rows) == [(article.lead_image_id, True), (other.pk, True), (None, False)]


def test_place_among_equal_ones_is_known_by_its_position_in_the_same_version(client, article):
    article.body_en = "<p>" + "Wagons of tea. " * 30 + "</p>"
    article.save()
    tea = {"quote": "tea", "prefix": "Wagons of tea. " * 10 + "Wagons of ", "suffix": ". Wagons of tea" * 10}

    send(client, article, **tea, position="205", correction="coffee")
    send(client, article, **tea, position="205", version="2", correction="cocoa")
    send(client, article, **tea, position="204", correction="milk")

    rows = TypoReport.objects.order_by("pk").values_list("anchored", "position", "repeated")
    assert list(rows) == [(True, 205, True), (False, None, False), (False, None, False)]


def test_reports_are_limited(client, article, monkeypatch):
    monkeypatch.setattr(readers, "REPORTS", 1)
    send(client, article)

    response = send(client, article, correction="start")
    assert response.status_code == 429
    assert response.context["form"]["correction"].value() == "start"


def test_robot_is_thanked_and_forgotten(client, article):
    assert send(client, article, website="spam").status_code == 302
    assert not TypoReport.objects.exists()


def test_dialog_gets_json_without_cookie_or_token(article):
    strict = Client(enforce_csrf_checks=True)
    path = f"/en/comments/typo/{article.pk}/?fragment=1"

    taken = strict.post(path, REPORT)
    assert (taken.status_code, list(taken.json())) == (200, ["message"])
    assert not taken.cookies
    refused = strict.post(path, REPORT | {"quote": "x" * 251})
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 1


def test_plain_form_comes_filled_from_the_address(client, article):
    form = client.get(f"/en/comments/typo/{article.pk}/?quote=begining").context["form"]

    assert (form["quote"].value(), form["correction"].value()) == ("begining", "begining")


def test_only_published_texts_can_be_reported_on(client, db):
    article = make_article(["ru"])

    assert client.get(f"/en/comments/typo/{article.pk}/").status_code == 404
    assert send(client, article).status_code == 404
    assert client.get(f"/comments/typo/{article.pk}/").status_code == 200


def test_a_report_on_a_story_withdrawn_meanwhile_is_kept_and_tells_nothing_of_it(client, article):
    article.editions.filter(language="en").update(status="withdrawn")
    title = article.title_en

    response = send(client, article)
    refused = send(client, article, quote="")

    assert response.status_code == 200
    assert TypoReport.objects.get().quote == REPORT["quote"]
    assert title not in response.content.decode()
    assert refused.status_code == 404
    assert title not in refused.content.decode()
    assert client.get(f"/en/comments/typo/{article.pk}/").status_code == 404
