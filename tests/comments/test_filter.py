"""The filter that learns from moderators."""

import pytest
from django.core.management import call_command

from comments import bayes, holding, moderation
from comments.models import Decision, HoldingRule, Posting, Word

pytestmark = pytest.mark.django_db
GOOD = "A thoughtful remark about tea caravans, number {}"
BAD = "Win money quickly with bonus spins {}"


@pytest.fixture
def taught(post):
    def teach(number=bayes.ENOUGH, language="en"):
        good = [post(GOOD.format(place), public=False, language=language) for place in range(number)]
        bad = [post(BAD.format(place), public=False, language=language) for place in range(number)]
        moderation.approve(good)
        moderation.decide(moderation.states([comment.pk for comment in bad]), "spam", None)
        bayes.learn()
        return good, bad

    return teach


def percent(text, language="en"):
    score = bayes.scores([(language, text)])[0]
    return score and score.percent


def counts():
    return {row.token: (row.good, row.bad) for row in Word.objects.exclude(good=0, bad=0)}


def test_it_tells_spam_from_comments_and_by_which_words(taught):
    taught()

    spam, fine = bayes.scores([("en", "Quick money and a bonus"), ("en", "Tea came with caravans")])

    assert spam.percent > 90
    assert set(spam.words) == {"money", "bonus", "quick"} or {"money", "bonus"} <= set(spam.words)
    assert fine.percent < 10
    assert {"tea", "caravan"} <= set(fine.words)


def test_it_says_nothing_before_it_knows_enough_nor_of_another_language(taught):
    taught(bayes.ENOUGH - 1)
    assert percent(BAD) is None

    taught(1)
    assert percent(BAD) > 90
    assert percent(BAD, "ru") is None
    assert percent("") is None


def test_words_that_it_never_saw_leave_the_odds_even(taught):
    taught()

    assert percent("Zebra xylophone") == 50


def test_learning_again_changes_nothing_and_undoing_unlearns(taught, post):
    taught()
    before = counts()
    assert before["#"] == (10, 10)

    held = post("Extraordinary words", public=False)
    (decision,), _refused = moderation.decide(moderation.states([held.pk]), "spam", None)
    call_command("learn_decisions")
    call_command("learn_decisions")
    assert counts() == before | {"#": (10, 11), "extraordinari": (0, 1), "word": (0, 1)}
    moderation.undo(decision.pk, None)
    bayes.learn()

    assert counts() == before
    assert not Decision.objects.filter(learned=False).exists()


def test_a_verdict_that_turns_around_is_learned_anew(taught, post):
    taught()
    held = post("Extraordinary", public=False)
    moderation.decide(moderation.states([held.pk]), "spam", None)
    bayes.learn()
    moderation.approve([held])
    bayes.learn()

    assert counts()["extraordinari"] == (1, 0)
    assert counts()["#"] == (11, 10)


def test_rejected_comments_are_no_spam(post):
    moderation.reject([post("Extraordinary", public=False)])

    assert bayes.learn() == 1
    assert counts() == {}
    assert Posting.objects.get().learned == ""


def test_its_score_holds_a_comment_and_is_shown(taught):
    taught()
    HoldingRule.objects.filter(kind="filter").update(number=90)

    ((kind, score, *words),) = holding.judge("Quick money, bonus spins", "en", "", None)[1]

    assert kind == "filter"
    assert score >= 90
    assert "bonus" in words


def test_chinese_is_learned_by_pairs_of_characters(post):
    for text, verdict in (("茶马古道的历史", "approved"), ("加微信领奖金", "spam")):
        rows = [post(f"{text}{number}", public=False, language="zh-hans").pk for number in range(10)]
        moderation.decide(moderation.states(rows), verdict, None)
    bayes.learn()

    assert percent("请加微信", "zh-hans") > 90
    assert percent("古道很长", "zh-hans") < 10


def test_many_texts_are_scored_in_one_query(taught, django_assert_num_queries):
    taught()

    with django_assert_num_queries(1):
        assert len(bayes.scores([("en", f"Money {number}") for number in range(50)])) == 50


def test_a_trial_of_the_filter(taught):
    taught()

    trial = holding.trial(HoldingRule(kind="filter", number=90))

    assert (len(trial.rightly), len(trial.wrongly)) == (10, 0)
