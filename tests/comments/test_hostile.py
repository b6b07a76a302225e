"""Hostile input, as a table: what is sent, and what must come of it. Never a 500, never somebody else's comment."""

import re
from pathlib import Path

import pytest
from django.core import mail, signing
from django.test import Client
from django_comments_xtd.models import XtdComment

from comments import moderation
from comments.forms import CommentForm
from comments.models import AddressLink, Ban, PendingComment, Posting, Verdict
from tests import places
from tests.factories import make_article

from .conftest import STRANGER

pytestmark = pytest.mark.django_db
BASE = Path(__file__).resolve().parent.parent.parent


def clean(name="Anna", text="Words"):
    form = CommentForm({"name": name, "email": "a@example.org", "text": text})
    return form.cleaned_data if form.is_valid() else form.errors


# Names and texts


NAMES = {
    "a script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # shown as text
    "turned around": ("Anna\u202egro.ocsofni", "Annagro.ocsofni"),
    "isolates": ("\u2066Anna\u2069", "Anna"),
    "zero-width spaces": ("An\u200bna\ufeff", "Anna"),
    "word joiners": ("An\u2060na", "Anna"),
    "soft hyphens": ("An\u00adna", "Anna"),
    "a joiner in Latin": ("An\u200dna", "Anna"),
    "a non-joiner in Cyrillic": ("Ан\u200cна", "Анна"),
    "a non-joiner in Persian stays": ("می\u200cنا", "می\u200cنا"),
    "a joiner in Hindi stays": ("क्\u200dष", "क्\u200dष"),
    "direction marks": ("\u200fAnna\u200e\u061c", "Anna"),
    "tags": ("Anna\U000e0041\U000e0042", "Anna"),
    "piled accents": ("A" + "\u0301" * 40 + "nna", "A" + "\u0301" * 3 + "nna"),
    "another line": ("Anna\r\nBcc: b@example.org", "Anna Bcc: b@example.org"),
    "line separators": ("Anna\u2028Petrova\u2029", "Anna Petrova"),
    "escape codes": ("Anna\x1b[31m", "Anna[31m"),
    "letters that are blank": ("\u3164Anna\u1160\uffa0\u2800", "Anna"),
    "vowels that are not drawn": ("An\u17b4na", "Anna"),
    "variants of letters": ("Anna\ufe0f\U000e0101", "Anna"),
    "an emoji's variant stays": ("Anna ❤\ufe0f 1\ufe0f\u20e3", "Anna ❤\ufe0f 1\ufe0f\u20e3"),
    "spaces of all kinds": ("Anna\u00a0\u3000\u2003 K", "Anna K"),
}


@pytest.mark.parametrize("what", NAMES)
def test_name(what):
    sent, kept = NAMES[what]
    assert clean(name=sent)["name"] == kept


@pytest.mark.parametrize(
    "name",
    ["InfoSCO", "Admin Ivanov",
     "Редакция", "Peдакция", "модератор Иван", "M o d e r a t o r", "ｍｏｄｅｒａｔｏｒ", "Mod\u00e9rator", "lnf0SCO 编辑部",
     "Модерат0р", "м\u200bодератор", "Ad\u3164min", "\u2800Admin", "Adm\ufe00in", "管理员"],
)  # fmt: skip
def test_nobody_is_called_as_the_desk(name):
    assert list(clean(name=name)) == ["name"]


@pytest.mark.parametrize("name", ["Редько Илья", "Modest", "李编", "Инфанта", "Edith Orlova"])
def test_names_that_only_begin_alike_are_free(name):
    assert clean(name=name)["name"] == name


TEXTS = {
    "zero-width spaces in a spam word": ("ca\u200bsi\u2060no", "casino"),
    "turned around": ("pay \u202e001$\u202c", "pay 001$"),
    "words hidden in variants": ("Hi" + "".join(chr(0xE0100 + byte) for byte in b"secret"), "Hi"),
    "hidden tags": ("Hi\U000e0068\U000e0069", "Hi"),
    "piled accents": ("Z" + "\u0335" * 200, "Z" + "\u0335" * 3),
    "a joined emoji stays": ("👩\u200d🚀", "👩\u200d🚀"),
    "Arabic with marks stays": ("\u200fسلام", "\u200fسلام"),
    "Hindi stays": ("क्\u200dष", "क्\u200dष"),
    "Mongolian stays": ("ᠮᠣᠩᠭᠣᠯ\u180e", "ᠮᠣᠩᠭᠣᠯ\u180e"),
}


@pytest.mark.parametrize("what", TEXTS)
def test_text(what):
    sent, kept = TEXTS[what]
    assert clean(text=sent)["text"] == kept


@pytest.mark.parametrize(
    "nothing", ["\u200b", "\u200d\u200c", "\u2060\ufeff", "\U000e0041", "\u00ad", "\u202e", "\u2800"]
)
@pytest.mark.parametrize("field", ["name", "text"])
def test_what_nobody_sees_is_empty(field, nothing):
    assert list(clean(**{field: nothing * 3})) == [field]


MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "{{ settings.SECRET_KEY }}{% now 'Y' %}",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "&lt;script&gt;",
    "]]><!--",
]


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_is_text_on_every_page(client, article, markup, rf):
    client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"name": markup[:50], "text": markup})
    row = PendingComment.objects.get()
    pages = [client.get(f"/en/comments/confirm/{row.token}/"), client.get("/en/comments/own/")]
    client.post(f"/en/comments/confirm/{row.token}/", {"remember": "on"})
    posting = Posting.objects.get()
    moderation.approve([posting.comment])
    own = f"/en/comments/own/{posting.pk}/"
    client.post("/en/comments/mine/", {"email": STRANGER["email"]})
    pages += [
        client.get(article.address("en")),
        client.get(own),
        client.post(own, {"text": markup + "x" * 3000, "state": markup}),
        client.post(own, {"text": markup, "state": markup}),
        client.get(f"/en/comments/{article.pk}/new/"),
        client.get(f"/en/comments/mine/{AddressLink.objects.get().token}/"),
    ]
    for page in pages:
        text = page.content.decode()
        assert not re.search(r"<script>|<img src=x|<svg onload|href='javascript|</textarea><script|<!--", text)
        assert "&amp;lt;script" in text or markup != "&lt;script&gt;" or "&amp;lt;" in text


# Headers and sizes


@pytest.mark.parametrize(
    "email",
    [
        "a@example.org\nBcc: b@example.org", "a@example.org\r\nBcc: b@example.org", "a@example.org%0aBcc:b@example.org",
        "a@example.org,b@example.org", "a@example.org;b@example.org", "<a@example.org>", "a@example.org\x00",
        '"a\r\nBcc: b"@example.org', "a@example.org\u2028Bcc: b@example.org", "a@[127.0.0.1",
        "a@" + "x" * 300 + ".org", "@", "a@b",
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["new", "mine"])
def test_address_that_is_none_mails_nobody(client, article, where, email):
    address = f"/en/comments/{article.pk}/new/" if where == "new" else "/en/comments/mine/"

    response = client.post(address, STRANGER | {"email": email})

    assert response.status_code == 422
    assert mail.outbox == []
    assert not PendingComment.objects.exists()
    assert not AddressLink.objects.exists()


@pytest.mark.parametrize("email", ["a@exam\u200bple.org", "a@ｅxample.org", "a@example\u3002org", "a@EXAMPLE.org"])
def test_no_spelling_of_a_domain_goes_round_a_ban(client, article, email):
    Ban.objects.create(kind="domain", value="example.org")

    response = client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"email": email})

    assert response.status_code in {403, 422}
    assert mail.outbox == []


@pytest.mark.parametrize("field", ["name", "email", "text", "reply", "state", "website"])
def test_a_megabyte_in_any_field_is_refused_with_a_word(client, article, post, field):
    huge = "я" * 500_000
    response = client.post(f"/en/comments/{article.pk}/new/", STRANGER | {field: huge})
    assert response.status_code == (302 if field in {"state", "website"} else 422)  # those are not read, or not kept
    assert not XtdComment.objects.exists()
    assert all(len(row.text) <= 3000 for row in PendingComment.objects.all())


# Other people's comments


@pytest.fixture
def others(article):
    """The number of a comment that somebody else wrote on another device."""
    owner = Client()
    owner.post(f"/en/comments/{article.pk}/new/", STRANGER | {"text": "Somebody's words"})
    row = PendingComment.objects.get()
    owner.post(f"/en/comments/confirm/{row.token}/")
    return Posting.objects.get()


def test_another_device_reaches_no_foreign_comment(client, article, others):
    client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"text": "Mine", "email": "b@example.org"})
    state = str(moderation.states([others.pk])[0])

    for number in (others.pk, 0, others.pk + 1, 2**31, 2**63, 10**30):
        for data in ({"withdraw": ""}, {"text": "Hijacked", "state": state, "edit": ""}):
            assert client.post(f"/en/comments/own/{number}/", data).status_code == 404, number
        assert client.get(f"/en/comments/own/{number}/").status_code == 404
    assert XtdComment.norel_objects.get().comment == "Somebody's words"
    assert not XtdComment.norel_objects.get().is_removed


def test_state_of_a_foreign_comment_changes_nothing_of_it(client, article, others):
    client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"text": "Mine", "email": "b@example.org"})
    row = PendingComment.objects.latest("pk")
    client.post(f"/en/comments/confirm/{row.token}/")
    mine = Posting.objects.get(ticket=row.pk)

    for state in (moderation.states([others.pk])[0], "", "x", "1.2.3", f"{mine.pk}.0.approved.1.0.0.en"):
        response = client.post(f"/en/comments/own/{mine.pk}/", {"text": "New", "state": str(state), "edit": ""})
        assert response.status_code == 409
    assert set(XtdComment.norel_objects.values_list("comment", flat=True)) == {"Somebody's words", "Mine"}


def test_cookie_of_an_empty_or_guessed_device_sees_nothing(others, post):
    post("Without any device")  # as the desk and the importer write
    for value in ("", "A" * 43, others.device, "' OR 1=1 --", "../" * 14 + "x"):
        client = Client()
        client.cookies["reader-en"] = value
        assert client.get("/en/comments/own/").context["rows"] == []


def test_forged_parents_reach_no_other_discussion(client, article, post):
    elsewhere = post("elsewhere", on=make_article())
    client.post(f"/en/comments/{article.pk}/new/", STRANGER | {"reply": elsewhere.pk})

    assert not PendingComment.objects.exists()


def test_what_is_held_is_at_no_address_in_any_language(client, article, post):
    neighbour, secret = make_article(), {"name": "Mx Secret", "public": False, "email": "secret@example.org"}
    seen, above = post("Seen"), post("Seen too")
    held = [
        *(post("Hidden words", language=language, **secret) for language in places.LANGUAGES),
        post("Hidden words", parent=seen, **secret),
        post("Hidden words", parent=above, **secret | {"public": True}),  # hidden with what it answers
        post("Hidden words", **secret),
    ]
    moderation.hold([above])
    moderation.decide(moderation.states([held[-1].pk]), Verdict.SPAM, None)
    of_stories = [*places.listed(article, "en"), *places.near(article, "en", neighbour), *places.of_the_site(article)]
    addresses = set()
    for language in places.LANGUAGES:
        of_comments = [
            *(
                (f"comments:{name}", [row.pk], "")
                for name in ("permalink", "vote", "report", "own_comment")
                for row in held
            ),
            *(("comments:new", [article.pk], f"reply={row.pk}") for row in held),
            *(("comments:thread", [article.pk, row.pk], "language=all") for row in (*held, seen, above)),
            ("comments:discussion", [article.pk], "language=all&order=newest"),
        ]
        addresses |= set(places.addresses([*of_comments, *places.own(article, language)], language))

    def telling(asked):
        pages = {address: client.get(address).content.decode() for address in sorted(asked)}
        return [address for address, page in pages.items() if re.search("Hidden words|Mx Secret|secret@", page)]

    assert telling(addresses | set(places.addresses(of_stories, "en"))) == []
    moderation.approve([above, *held])
    # The same addresses tell, once they may.
    assert len(telling(address for address in addresses if "/vote/" in address or "order=newest" in address)) > 12


# Tokens


def tokens(article):
    """{view: (address with a place for the token, token)}"""
    owner = Client()
    owner.post(f"/en/comments/{article.pk}/new/", STRANGER)
    owner.post("/en/comments/mine/", {"email": STRANGER["email"]})
    row, link = PendingComment.objects.get(), AddressLink.objects.get()
    return {
        "confirm": ("/en/comments/confirm/{}/", row.token),
        "own": ("/en/comments/own/{}/", row.own_token),
        "mine": ("/en/comments/mine/{}/", link.token),
        "export": ("/en/comments/mine/{}/export.json", link.token),
    }


@pytest.mark.parametrize("view", ["confirm", "own", "mine", "export"])
def test_token_changed_in_any_byte_opens_nothing(client, article, view):
    address, token = tokens(article)[view]
    assert client.get(address.format(token)).status_code == 200

    for place in range(len(token)):
        for other in "AB-":
            if other == token[place]:
                continue
            changed = token[:place] + other + token[place + 1 :]
            if place == len(token) - 1 and client.get(address.format(changed)).status_code == 200:
                continue  # the last letter of a signature holds bits that no byte needs
            response = client.post(address.format(changed), {"withdraw": "", "sure": "on"})
            assert response.status_code in {404, 410}, (place, other)
    for junk in ("x", ":", "a:b:c", "%F0%9F%99%82", "x" * 3000, token[:-5], token + "A", token.swapcase()):
        assert client.get(address.format(junk)).status_code == 404, junk
    assert PendingComment.objects.count() == 1
    assert not XtdComment.objects.exists()
    assert AddressLink.objects.get().used_at is None


def test_token_for_one_thing_is_none_for_another(client, article):
    found = tokens(article)
    for view, (address, _token) in found.items():
        for other, (_address, token) in found.items():
            if {view, other} <= {"mine", "export"} or view == other:
                continue
            assert client.get(address.format(token)).status_code == 404, (view, other)


@pytest.mark.parametrize("value", [None, "1", [1], {"pk": 1}, 10**30, -1, True])
@pytest.mark.parametrize(("salt", "path"), [("comments.own", "own"), ("comments.mine", "mine")])
def test_signed_nonsense_is_no_error(client, salt, path, value):
    """As a former release, or another program with our key, might have signed."""
    assert client.get(f"/en/comments/{path}/{signing.dumps(value, salt=salt)}/").status_code in {404, 410}


def test_links_that_are_fetched_ahead_do_nothing(client, article):
    for address, token in tokens(article).values():
        for method in (client.get, client.head):
            assert method(address.format(token)).status_code == 200
        for method in (client.put, client.delete, client.options):
            assert method(address.format(token)).status_code == 405
    assert not XtdComment.objects.exists()
    assert PendingComment.objects.count() == 1


def test_replays_do_nothing_twice(client, article):
    address, token = tokens(article)["confirm"]
    assert [client.post(address.format(token)).status_code for _ in range(3)] == [302, 410, 410]
    posting = Posting.objects.get()
    own = f"/en/comments/own/{PendingComment.objects.get().own_token}/"
    change = {"text": "New words", "state": str(moderation.states([posting.pk])[0]), "edit": ""}

    assert [client.post(own, change).status_code for _ in range(3)] == [302, 409, 409]
    assert len(Posting.objects.get().earlier) == 1
    assert [client.post(own, {"withdraw": ""}).status_code for _ in range(2)] == [302, 302]
    assert client.post(own, change).status_code == 409
    assert XtdComment.norel_objects.count() == 1


# The package


def test_none_of_the_packages_tags_is_used_and_no_picture_comes_from_a_third_party():
    """Its tags count and list what waits, its lists print addresses, and Gravatar learns who reads."""
    templates = [path.read_text() for path in (BASE / "templates").rglob("*.*")]
    assert not [text for text in templates if re.search(r"\{% load [^%]*\bcomments(?:_xtd)?\b|gravatar", text)]
