"""Why a comment is held, who may not write at all, who passes, and how a rule is tried before it is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments import holding, moderation
from comments.forms import CommentForm
from comments.models import Ban, HoldingRule, PendingComment, Posting, TrustedWriter
from comments.pending import confirm
from tests.factories import make_user

from .conftest import STRANGER

pytestmark = pytest.mark.django_db
LONG = "One and the same long sentence about tea."


def reasons(text, language="en", email="reader@example.org", ip="192.0.2.7", **how):
    return holding.judge(text, language, email, ip, **how)[1]


# Rules


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("See https://spam.example/x", 1),
        ("www.spam.example and t.me/spam", 2),
        ("Only spam.ru, only today", 1),
        ("write to anna@example.com", 0),
        ("It is 3.5 km, i.e. far. U.S.A.", 0),
        ("Fine.Net result is good", 1),
    ],
)
def test_links_are_counted(text, number):
    assert len(holding.LINK.findall(text)) == number


def test_a_comment_with_a_link_is_held():
    assert reasons("See https://spam.example/") == [["links", 1]]
    HoldingRule.objects.filter(kind="links").update(number=1)
    assert reasons("See https://spam.example/") == []


@pytest.mark.parametrize(
    ("language", "words", "text", "found"),
    [
        ("ru", "казино", "Лучшими казино города", True),
        ("ru", "ставка на спорт", "Делайте СТАВКИ на спорт!", True),
        ("ru", "ставка на спорт", "Ставка банка, а на спорт денег нет", False),
        ("ru", "лёгкие деньги", "С легкими деньгами не бывает", True),
        ("en", "payday loan", "cheap payday loans", True),
        ("en", "loan", "loans", True),
        ("en", "ass", "a class of grass", False),
        ("zh-hans", "加微信", "有意者请加微信联系", True),
        ("zh-hans", "微信", "加微博", False),
        ("zh-hans", "赌", "网上赌博", True),
    ],
)
def test_spam_words_are_found_in_all_their_forms(language, words, text, found):
    HoldingRule.objects.all().delete()
    HoldingRule.objects.create(kind="words", language=language, words=f"nothing, {words}")

    assert reasons(text, language) == ([["words", words]] if found else [])


def test_a_rule_of_one_language_leaves_the_others_alone():
    HoldingRule.objects.all().delete()
    HoldingRule.objects.create(kind="words", language="ru", words="casino")

    assert reasons("casino", "en") == []
    assert reasons("casino", "ru") == [["words", "casino"]]


def test_another_script_than_the_pages_is_held():
    assert reasons("Привет всем", "en") == [["script", "ru"]]
    assert reasons("Hello all", "en") == []
    assert reasons("你好大家", "ru") == [["script", "zh-Hans"]]


def test_a_word_of_two_scripts_is_held():
    assert reasons("Play in our cаsino", "en") == [["script", "en", "cаsino"]]
    assert reasons("Лучшее кaзино", "ru") == [["script", "ru", "кaзино"]]
    assert reasons("Вчера опять прислали несколько SMSок", "ru") == []


@pytest.mark.parametrize("mark", "\u00ad\u034f\u17b4\u17b5\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff\U000e0101")
@pytest.mark.parametrize(("language", "word"), [("en", "casino"), ("ru", "казино"), ("zh-hans", "加微信")])
def test_no_mark_that_nobody_sees_keeps_a_spam_word_from_being_found(language, word, mark):
    HoldingRule.objects.all().delete()
    HoldingRule.objects.create(kind="words", words=word)
    form = CommentForm({"name": "A", "email": "a@example.org", "text": f"! {word[:2]}{mark}{word[2:]} !"})

    assert form.is_valid()
    assert reasons(form.cleaned_data["text"], language) == [["words", word]]


@pytest.mark.parametrize("same", [{"email": "reader@example.org"}, {"ip": "192.0.2.200"}])
def test_many_comments_in_an_hour_are_held(post, same):
    HoldingRule.objects.filter(kind="flood").update(number=2)
    post("a", **same)
    post("b", at=timezone.now() - timedelta(minutes=61), **same)
    assert reasons("c") == []
    post("d", **same)

    assert reasons("c") == [["flood", 3]]
    assert reasons("c", email="other@example.org", ip="198.51.100.1") == []


def test_the_same_text_again_is_held_for_a_week(post):
    post(LONG, at=timezone.now() - timedelta(days=8))
    post("Thanks!")
    assert reasons(LONG) == []
    post(LONG)

    assert reasons(f"  {LONG.upper()}!!! ") == [["repeat"]]
    assert reasons("Thanks!") == []  # many say so


def test_a_filled_hidden_field_holds():
    assert reasons("words", trapped=True) == [["trap"]]


def test_rules_not_in_use_hold_nothing():
    HoldingRule.objects.update(active=False)

    assert reasons("Привет https://spam.example/ casino", "en") == []


def test_judging_takes_a_constant_number_of_queries(django_assert_num_queries, settings):
    settings.COMMENTS_PASS = "trusted"
    for number in range(50):
        HoldingRule.objects.create(kind="words", words=f"word{number}")

    with django_assert_num_queries(6):  # bans, rules, recent ones, same text, words, trust
        holding.judge("Hello all", "en", "reader@example.org", "192.0.2.7")


def test_each_reason_is_said_in_words():
    said = [
        ["links", 2],
        ["words", "casino"],
        ["script", "ru"],
        ["script", "en", "cаsino"],
        ["flood", 9],
        ["repeat"],
        ["filter", 97, "a", "b"],
        ["ban", "x"],
        ["trap"],
    ]

    assert [holding.say(reason) for reason in said] == [
        "2 links",
        "word: casino",
        "another script than the page’s",
        "letters of two scripts: cаsino",
        "9 comments in an hour",
        "the same text again",
        "the filter is 97 % sure: a, b",
        "banned: x",
        "the hidden field was filled in",
    ]


# Bans


@pytest.mark.parametrize(
    ("kind", "value", "caught", "free"),
    [
        ("email", "Eve@Example.org", ("eve@example.org", None), ("eve2@example.org", None)),
        ("domain", "@Spam.example", ("a@mail.spam.example", None), ("a@notspam.example", None)),
        ("network", "192.0.2.77/24", ("a@b.example", "192.0.2.1"), ("a@b.example", "192.0.3.1")),
        ("network", "192.0.2.7", ("a@b.example", "192.0.2.7"), ("a@b.example", "192.0.2.8")),
        ("network", "2001:db8::/32", ("a@b.example", "2001:db8:1::5"), ("a@b.example", "2001:db9::1")),
    ],
)
def test_bans_by_address_domain_and_network(kind, value, caught, free):
    ban = Ban(kind=kind, value=value)
    ban.full_clean()
    ban.save()

    assert list(Ban.objects.of(*caught)) == [ban]
    assert list(Ban.objects.of(*free)) == []
    Ban.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert list(Ban.objects.of(*caught)) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [("email", "eve"), ("email", "@x.org"), ("domain", "a@b.org"), ("domain", "com"), ("network", "1.2.3")],
)
def test_a_ban_of_nothing_is_refused_beside_its_field(client, kind, value):
    client.force_login(make_user(groups=["Moderator"]))

    response = client.post("/en/admin/comments/ban/add/", {"kind": kind, "value": value, "refuses": "on"})

    assert list(response.context["adminform"].form.errors) == ["value"]
    assert not Ban.objects.exists()


def test_moderators_ban_is_signed(client):
    user = make_user(groups=["Moderator"])
    client.force_login(user)

    client.post(
        "/en/admin/comments/ban/add/", {"kind": "network", "value": "192.0.2.9/24", "refuses": "on", "why": "floods"}
    )
    assert Ban.objects.values_list("value", "created_by", "why").get() == ("192.0.2.0/24", user.pk, "floods")
    client.post("/en/admin/comments/ban/", {"action": "lift", "_selected_action": [Ban.objects.get().pk]})
    assert not Ban.objects.of("", "192.0.2.1").exists()


def test_a_banned_writer_is_told_and_keeps_the_text(client, article):
    Ban.objects.create(kind="email", value="reader@example.org")

    response = client.post(f"/en/comments/{article.pk}/new/", STRANGER)

    assert response.status_code == 403
    assert response.context["form"]["text"].value() == STRANGER["text"]
    assert "are not accepted" in str(response.context["form"].non_field_errors())
    assert not PendingComment.objects.exists()


def test_a_milder_ban_takes_the_comment_and_holds_it(client, article, settings):
    settings.COMMENTS_PASS = "clean"
    Ban.objects.create(kind="network", value="127.0.0.0/8", refuses=False)

    assert client.post(f"/ru/comments/{article.pk}/new/".replace("/ru", ""), STRANGER).status_code == 302
    confirm(PendingComment.objects.get())
    assert Posting.objects.get().held_because == [["ban", "127.0.0.0/8"]]
    assert not XtdComment.objects.get().is_public


def test_signed_in_readers_are_judged_too(client, article):
    user = make_user(groups=["Reporter"], email="eve@example.org")
    client.force_login(user)
    client.post(f"/en/comments/{article.pk}/new/", {"text": "See https://spam.example/"})
    assert Posting.objects.get().held_because == [["links", 1]]

    Ban.objects.create(kind="email", value="eve@example.org")
    assert client.post(f"/en/comments/{article.pk}/new/", {"text": "More"}).status_code == 403


# Who passes


@pytest.mark.parametrize(
    ("setting", "email", "text", "public"),
    [
        ("nobody", "anna@example.org", "Fine", False),
        ("trusted", "Anna@example.org", "Fine", True),
        ("trusted", "anna@example.org", "See https://site.example/", True),
        ("trusted", "bob@example.org", "Fine", False),
        ("clean", "bob@example.org", "Fine", True),
        ("clean", "bob@example.org", "See https://site.example/", False),
    ],
)
def test_who_passes_without_a_moderator(settings, pending, setting, email, text, public):
    settings.COMMENTS_PASS = setting
    TrustedWriter.objects.create(email="anna@example.org")

    comment = confirm(pending(email=email, text=text))

    assert comment.is_public == public
    assert confirm(PendingComment.objects.get()) is None


@pytest.mark.parametrize("setting", ["trusted", "clean"])
def test_trust_does_not_let_a_banned_or_repeating_writer_pass(settings, post, setting):
    settings.COMMENTS_PASS = setting
    TrustedWriter.objects.create(email="anna@example.org")
    post(LONG)

    assert holding.judge(LONG, "en", "anna@example.org", None) == (False, [["repeat"]])
    Ban.objects.create(kind="email", value="anna@example.org", refuses=False)
    assert holding.judge("Fine", "en", "anna@example.org", None) == (False, [["ban", "anna@example.org"]])


def test_the_reader_whose_comment_passes_is_told_that_it_stands(client, settings, pending, article):
    settings.COMMENTS_PASS = "clean"
    row = pending(text="Fine words")

    response = client.post(f"/en/comments/confirm/{row.token}/")

    assert client.get(response["Location"]).context["row"].standing == "published"
    assert b"Fine words" in client.get(article.address("en")).content


# Trying a rule


@pytest.fixture
def tried(client, post):
    """Comments that were decided on: the phrase "cheap tea" in spam, in a good one, and in one that waits."""
    client.force_login(make_user(groups=["Moderator"]))
    moderation.decide(moderation.states([post("Buy cheap teas", public=False).pk]), "spam", None)
    moderation.approve([post("Cheap tea is fine", public=False)])
    post("cheap tea?", public=False)
    post("Something else")


def numbers(response):
    return [len(rows) for _name, rows in response.context["lists"]]


def test_a_rule_is_tried_before_it_is_saved(client, tried):
    HoldingRule.objects.all().delete()
    typed = {"kind": "words", "words": "cheap tea", "language": "", "active": "on", "_try": "1"}

    response = client.post("/en/admin/comments/holdingrule/add/", typed)

    assert response.status_code == 200
    assert numbers(response) == [1, 1, 1]  # rightly, wrongly, not decided on
    assert response.context["trial"].tried == 4
    assert not HoldingRule.objects.exists()
    assert response.context["adminform"].form["words"].value() == "cheap tea"
    assert "errornote" not in response.content.decode()
    client.post("/en/admin/comments/holdingrule/add/", {name: typed[name] for name in typed if name != "_try"})
    assert HoldingRule.objects.get().words == "cheap tea"


def test_trying_a_change_leaves_the_rule_as_it_was(client, tried):
    rule = HoldingRule.objects.create(kind="words", words="nothing")

    response = client.post(
        f"/en/admin/comments/holdingrule/{rule.pk}/change/",
        {"kind": "words", "words": "something", "active": "on", "_try": "1"},
    )

    assert numbers(response) == [0, 1, 0]
    rule.refresh_from_db()
    assert rule.words == "nothing"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": "words", "words": " ,!"}, "words"),
        ({"kind": "links"}, "number"),
        ({"kind": "filter", "number": "x"}, "number"),
    ],
)
def test_a_rule_that_says_nothing_is_refused_beside_its_field(client, tried, typed, field):
    for button in ("_try", "_save"):
        response = client.post("/en/admin/comments/holdingrule/add/", typed | {"active": "on", button: "1"})
        assert list(response.context["adminform"].form.errors) == [field]
        assert "trial" not in response.context


def test_floods_and_repeats_are_found_among_past_comments(post):
    at = timezone.now() - timedelta(days=3)
    for minute in (0, 30, 59, 95):
        post(LONG, email="eve@example.org", at=at + timedelta(minutes=minute), public=False)
    post("Other words", email="anna@example.org", at=at)

    flood = holding.trial(HoldingRule(kind="flood", number=2))
    repeat = holding.trial(HoldingRule(kind="repeat", number=30))

    assert [reason for _posting, reason in flood.undecided] == ["3 comments in an hour"]
    assert len(repeat.undecided) == 3


def test_a_trial_of_any_number_of_comments_is_one_query(post, django_assert_num_queries):
    for number in (1, 30):
        for _ in range(number):
            post("https://spam.example/")
        with django_assert_num_queries(1):
            holding.trial(HoldingRule(kind="links", number=0))
