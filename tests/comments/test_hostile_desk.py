"""What a hostile hand sends to the moderators' queues and to the addresses for typo reports: nobody's 500, nothing changed
that should not be. Each row of a table is one attempt."""

import pytest
from django.test import Client

from comments import moderation, typos
from comments.models import Decision, RejectionReason, TypoDecision, TypoReport
from news.models import Article
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db
QUEUE = "/en/admin/django_comments_xtd/xtdcomment/queue/"
TYPOS = "/en/admin/comments/typoreport/queue/"
JSON = {"Accept": "application/json"}
MEGABYTE = "x" * 2**20
TURNED = "\u202eabc\u202c"
INVISIBLE = "\u200b\u2060\ufeff"


@pytest.fixture
def moderator(client):
    user = make_user("mod", groups=["Moderator"])
    client.force_login(user)
    return user


def state(comment):
    return str(moderation.states([comment.pk])[0])


# Comments

SENT_TO_QUEUE = {
    "a comment that is not there": lambda row: {
        "row": moderation.signer.sign("999999.0.waiting.0.0.0.en"),
        "action": "spam",
    },
    "another comment under this one's name": lambda row: {"row": f"9{row}", "action": "spam"},
    "a number that no database holds": lambda row: {"row": "9" * 19 + row[row.index(".") :], "action": "spam"},
    "a number of other digits": lambda row: {"row": row.replace("0", "٠"), "action": "spam"},
    "a state that it never had": lambda row: {"row": row.replace("waiting.0.0", "rejected.1.1"), "action": "spam"},
    "a later turn": lambda row: {"row": row.replace(".0.waiting", ".7.waiting"), "action": "spam"},
    "another language": lambda row: {"row": row.replace(".en", ".ru"), "action": "approved"},
    "a language that there is not": lambda row: {"row": row.replace(".en", ".xx"), "action": "approved"},
    "a turned state": lambda row: {"row": f"\u202e{row}", "action": "spam"},
    "a state with an invisible sign": lambda row: {"row": f"{row}\u200b", "action": "spam"},
    "a megabyte for a state": lambda row: {"row": MEGABYTE, "action": "spam"},
    "a megabyte for an action": lambda row: {"row": row, "action": MEGABYTE},
    "two thousand states": lambda row: {
        "row": [moderation.signer.sign("1.0.waiting.0.0.0.en")] * 2000,
        "action": "dance",
    },
    "no such action": lambda row: {"row": row, "action": "delete"},
    "an undone decision's verdict": lambda row: {"row": row, "action": "undone"},
    "no such reason": lambda row: {"row": row, "reject": "999999"},
    "a reason that no database holds": lambda row: {"row": row, "reject": "9" * 400},
    "a ban of everybody": lambda row: {"row": row, "action": "ban", "scope": "world", "days": "1"},
    "a ban for other days": lambda row: {"row": row, "action": "ban", "scope": "email", "days": "99999999999"},
    "the decision of nothing": lambda row: {"undo": "999999"},
    "a decision that no database holds": lambda row: {"undo": "9" * 400},
    "a null byte": lambda row: {"row": f"{row}\x00", "action": "spam"},
}


@pytest.mark.parametrize("name", SENT_TO_QUEUE)
def test_forged_decisions_on_comments_decide_nothing(client, moderator, post, name):
    held = post(public=False, email="eve@example.org")
    data = SENT_TO_QUEUE[name](state(held))

    answer = client.post(QUEUE, data, headers=JSON)
    page = client.post(QUEUE, data)

    assert answer.status_code in {400, 404, 409}
    assert page.status_code in {302, 404}
    assert page.get("Location", QUEUE).startswith(QUEUE)
    assert not Decision.objects.exists()
    held.refresh_from_db()
    assert (held.is_public, held.is_removed) == (False, False)


def test_a_decision_that_is_sent_again_is_made_once(client, moderator, post):
    held = post(public=False)
    data = {"row": state(held), "action": "approved"}
    number = client.post(QUEUE, data, headers=JSON).json()["decision"]

    assert client.post(QUEUE, data, headers=JSON).status_code == 409
    assert Decision.objects.count() == 1
    assert client.post(QUEUE, {"undo": number}, headers=JSON).status_code == 200
    assert client.post(QUEUE, {"undo": number}, headers=JSON).status_code == 409
    assert Decision.objects.count() == 2


def test_a_reason_that_is_no_longer_used_is_still_taken_from_an_open_page(client, moderator, post):
    reason = RejectionReason.objects.first()
    RejectionReason.objects.update(active=False)

    assert client.post(QUEUE, {"row": state(post(public=False)), "reject": reason.pk}, headers=JSON).status_code == 200


def test_another_site_can_make_no_moderator_decide(moderator, post):
    visitor = Client(enforce_csrf_checks=True)
    visitor.force_login(moderator)

    assert visitor.post(QUEUE, {"row": state(post(public=False)), "action": "spam"}).status_code == 403
    assert visitor.post(TYPOS, {"place": "x", "action": "decline"}).status_code == 403
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "query", ["page=" + "9" * 400, "page=-1", "page=%00x", f"language={'x' * 5000}", "language=%E2%80%AEen"]
)
@pytest.mark.parametrize("path", [QUEUE, TYPOS])
def test_odd_addresses_of_the_queues(client, moderator, post, path, query):
    post(public=False)

    assert client.get(f"{path}?{query}").status_code in {200, 400}


# Typo reports


@pytest.fixture
def story(db):
    return make_article(body_en="<p>Tea. The begining was <b>cold</b>.</p>", body_ru="<p>Поезд ушол.</p>")


REPORT = {
    "quote": "begining",
    "correction": "beginning",
    "field": "body",
    "prefix": "Tea. The ",
    "suffix": " was cold.",
}
# What is changed in a right report, and: is it stored, and found in the text?
SENT_BY_READERS = {
    "as it should be": ({}, True, True),
    "a field that there is not": ({"field": "password"}, True, True),
    "another field": ({"field": "title"}, True, False),
    "somebody's picture": ({"field": "caption", "image": "A" * 22}, True, False),
    "no picture at all": ({"field": "caption", "image": "../../etc"}, True, False),
    "a position that no database holds": ({"position": "9" * 400}, True, True),
    "a position in other digits": ({"position": "٣"}, True, True),
    "a version that never was": ({"version": str(2**31 - 1)}, True, True),
    "a version that no database holds": ({"version": str(2**31)}, True, True),
    "turned surroundings": ({"prefix": f"{TURNED} The "}, True, True),  # what follows is certain alone
    "an invisible quote": ({"quote": INVISIBLE}, False, False),
    "a quote with invisible signs": ({"quote": f"beg{INVISIBLE}ining"}, True, True),
    "a turned quote": ({"quote": TURNED, "prefix": "", "suffix": ""}, True, False),
    "a megabyte of quote": ({"quote": MEGABYTE}, False, False),
    "a megabyte of correction": ({"correction": MEGABYTE}, False, False),
    "a megabyte of remark": ({"remark": MEGABYTE}, False, False),
    "a megabyte of surroundings": ({"prefix": MEGABYTE}, True, True),
    "a letter to many": ({"email": "a@example.org\nBcc: b@example.org"}, False, False),
    "a null byte": ({"remark": "a\x00b"}, False, False),
}


@pytest.mark.parametrize("name", SENT_BY_READERS)
def test_hostile_reports_are_refused_or_stored_as_words(client, story, name):
    change, stored, anchored = SENT_BY_READERS[name]

    response = client.post(f"/en/comments/typo/{story.pk}/", REPORT | change)

    assert response.status_code == (302 if stored else 422)
    reports = list(TypoReport.objects.all())
    assert [row.anchored for row in reports] == ([anchored] if stored else [])
    assert all("\u202e" not in row.quote + row.correction + row.remark for row in reports)


@pytest.mark.parametrize("number", ["0", "999999", str(2**31), str(2**63), "9" * 400])
@pytest.mark.parametrize(
    "path", ["comments/typo/{}/", "comments/typo/{}/thanks/", "comments/report/{}/", "comments/{}/new/"]
)
def test_numbers_of_nothing_are_not_found(client, db, path, number):
    assert client.get("/en/" + path.format(number)).status_code == 404
    assert client.post("/en/" + path.format(number), REPORT).status_code in {404, 405}


def take(story, **data):
    names = dict.fromkeys(("prefix", "suffix", "remark", "name", "email", "image"), "")
    return typos.take(story, "en", names | {"position": None, "version": None} | REPORT | data, "")


SENT_TO_TYPO_QUEUE = {
    "a place that is not there": lambda row: {"place": "0" * 32, "correction": "x"},
    "a part of a place": lambda row: {"place": row.place[:-1], "correction": "x"},
    "the number of the report": lambda row: {"place": str(row.pk), "correction": "x"},
    "nothing for the words": lambda row: {"place": row.place, "correction": INVISIBLE},
    "half a letter": lambda row: {"place": row.place, "correction": "\u0301x"},
    "a megabyte for a place": lambda row: {"place": MEGABYTE, "action": "decline"},
    "no such action": lambda row: {"place": row.place, "action": "delete"},
    "a decision on a comment": lambda row: {"undo": "1"},
    "a decision that no database holds": lambda row: {"undo": "9" * 400},
    "no decision": lambda row: {"undo": ""},
}


@pytest.mark.parametrize("name", SENT_TO_TYPO_QUEUE)
def test_forged_decisions_on_reports_change_nothing(client, moderator, story, post, name):
    held = post(public=False)
    moderation.reject([held], moderator)
    row = take(story)

    response = client.post(TYPOS, SENT_TO_TYPO_QUEUE[name](row))

    assert response.status_code in {302, 404}
    assert "The begining was" in Article.objects.get(pk=story.pk).body_en
    assert not TypoDecision.objects.exists()
    assert TypoReport.objects.get().status == "new"


@pytest.mark.parametrize(
    ("correction", "result"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("</p><p>begin", "&lt;/p&gt;&lt;p&gt;begin"),
        ("begin\u202egnin", "begingnin"),
        ("be\u200bgin\ufeffning", "beginning"),
        ("y" * 600, "y" * 500),
    ],
)
def test_correction_is_words_and_never_markup(client, moderator, story, correction, result):
    row = take(story)

    client.post(TYPOS, {"place": row.place, "correction": correction})

    assert Article.objects.get(pk=story.pk).body_en == f"<p>Tea. The {result} was <strong>cold</strong>.</p>"


def test_correction_that_is_sent_again_is_made_once(client, moderator, story):
    row = take(story)
    data = {"place": row.place, "correction": "beginning"}

    client.post(TYPOS, data)
    body = Article.objects.get(pk=story.pk).body_en
    client.post(TYPOS, data | {"correction": "beginninging"})
    (decision,) = TypoDecision.objects.all()
    assert Article.objects.get(pk=story.pk).body_en == body

    client.post(TYPOS, {"undo": decision.pk})
    client.post(TYPOS, {"undo": decision.pk})
    assert "The begining was" in Article.objects.get(pk=story.pk).body_en
