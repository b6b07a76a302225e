"""Decisions: what they change, who is told that somebody was quicker, and how they are taken back."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_comments_xtd.models import XtdComment

from comments import moderation
from comments.models import Ban, Decision, RejectionReason, TrustedWriter, Verdict
from news.models import Generation
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def seen(*comments):
    return moderation.states([comment.pk for comment in comments])


def flags(comment):
    return XtdComment.objects.values_list("is_public", "is_removed").get(pk=comment.pk)


def test_each_decision_is_logged_with_who_when_and_why(post):
    olga, ivan, reason = make_user("olga"), make_user("ivan"), RejectionReason.objects.first()
    held = post(public=False)

    moderation.reject([held], olga, reason=reason.pk)
    moderation.approve([held], ivan)

    log = Decision.objects.order_by("number").values_list("number", "verdict", "before", "reason", "decided_by")
    assert list(log) == [
        (1, "rejected", "waiting", reason.pk, olga.pk),
        (2, "approved", "rejected", None, ivan.pk),
    ]
    assert all(
        timezone.now() - at < timedelta(minutes=1) for at in Decision.objects.values_list("decided_at", flat=True)
    )


@pytest.mark.parametrize(
    ("public", "verdict", "after"),
    [
        (False, Verdict.APPROVED, (True, False)),
        (False, Verdict.REJECTED, (False, True)),
        (False, Verdict.SPAM, (False, True)),
        (True, Verdict.SPAM, (True, True)),
        (True, Verdict.WAITING, (False, False)),
    ],
)
def test_a_decision_changes_the_comment_and_is_taken_back(post, public, verdict, after):
    comment, user = post(public=public), make_user()

    (decision,), refused = moderation.decide(seen(comment), verdict, user)
    assert (flags(comment), refused) == (after, [])

    moderation.undo(decision.pk, user)
    assert flags(comment) == (public, False)
    assert seen(comment)[0].verdict == ("approved" if public else "waiting")
    assert Decision.objects.get(undoes=decision).decided_by == user


def test_the_second_moderator_changes_nothing_and_decides_knowingly(post):
    held, other = post(public=False), post(public=False)
    both = seen(held, other)
    moderation.decide(seen(held), Verdict.SPAM, make_user("olga"))

    decisions, refused = moderation.decide(both, Verdict.APPROVED, make_user("ivan"))

    assert refused == [held.pk]
    assert [decision.posting_id for decision in decisions] == [other.pk]
    assert (flags(held), flags(other)) == ((False, True), (True, False))
    assert Decision.objects.count() == 2
    moderation.decide(seen(held), Verdict.APPROVED, make_user("peter"))
    assert flags(held) == (True, False)


def test_a_comment_that_its_writer_withdrew_meanwhile_is_not_approved(post):
    held = post(public=False)
    before = seen(held)
    XtdComment.norel_objects.filter(pk=held.pk).update(is_removed=True)

    assert moderation.decide(before, Verdict.APPROVED, make_user()) == ([], [held.pk])
    assert flags(held) == (False, True)
    assert not Decision.objects.exists()


def test_a_comment_that_was_deleted_meanwhile_is_named(post, article):
    held = post(public=False)
    before = seen(held)
    article.delete()

    assert moderation.decide(before, Verdict.APPROVED, make_user()) == ([], [held.pk])


def test_what_is_not_the_last_decision_or_older_than_a_day_is_not_taken_back(post):
    first, second, user = post(public=False), post(public=False), make_user()
    (early,), _refused = moderation.decide(seen(first), Verdict.SPAM, user)
    moderation.approve([first], user)
    (late,), _refused = moderation.decide(seen(second), Verdict.SPAM, user)

    with pytest.raises(moderation.Stale):
        moderation.undo(early.pk, user)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)), pytest.raises(moderation.Stale):
        moderation.undo(late.pk, user)
    assert (flags(first), flags(second)) == ((True, False), (False, True))
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        moderation.undo(late.pk, user)
    with pytest.raises(moderation.Stale):
        moderation.undo(late.pk, user)


def test_pages_become_stale_once_and_only_where_readers_see_a_change(post):
    held, russian = [post(public=False) for _ in range(3)], post(public=False, language="ru")
    shown = post()
    before = dict(Generation.objects.values_list("language", "number"))

    moderation.decide(seen(held[0], russian), Verdict.SPAM, None)
    assert dict(Generation.objects.values_list("language", "number")) == before
    moderation.decide(seen(held[1], held[2]), Verdict.APPROVED, None)
    moderation.decide(seen(shown), Verdict.SPAM, None)

    after = dict(Generation.objects.values_list("language", "number"))
    assert after == before | {"en": before["en"] + 2}


def test_many_are_decided_on_in_the_queries_of_one(post, django_assert_num_queries):
    for number in (1, 30):
        before = seen(*[post(public=False) for _ in range(number)])
        # a savepoint and its release; the log, the comments, the pages' generation
        with django_assert_num_queries(5):
            moderation.decide(before, Verdict.APPROVED, None)


def test_a_ban_stores_whom_by_whom_and_until_when_and_marks_as_spam(post):
    held, user = post(public=False, email="Eve@Example.org", ip="192.0.2.7"), make_user()

    (decision,), _refused = moderation.ban(seen(held)[0], user, Ban.Kind.EMAIL, 30)

    assert decision.verdict == Verdict.SPAM
    row = Ban.objects.get()
    assert (row.kind, row.value, row.created_by, row.refuses) == ("email", "eve@example.org", user, True)
    assert timedelta(days=29) < row.until - timezone.now() < timedelta(days=31)
    assert Ban.objects.of("EVE@example.org", None).exists()
    moderation.undo(decision.pk, user)
    assert not Ban.objects.of("eve@example.org", None).exists()
    assert Ban.objects.get().lifted_at


def test_a_network_is_banned_as_the_neighbourhood_of_the_address(post):
    moderation.ban(seen(post(public=False, ip="192.0.2.7"))[0], None, Ban.Kind.NETWORK)

    assert (Ban.objects.get().value, Ban.objects.get().until) == ("192.0.2.0/24", None)


def test_a_domain_from_which_readers_see_comments_is_not_banned(post):
    post(email="good@mail.example")
    held = post(public=False, email="eve@mail.example")

    with pytest.raises(moderation.NotBannable):
        moderation.ban(seen(held)[0], None, Ban.Kind.DOMAIN)
    with pytest.raises(moderation.NotBannable):
        moderation.ban(seen(post(public=False))[0], None, Ban.Kind.EMAIL)
    assert not Ban.objects.exists()
    assert flags(held) == (False, False)


def test_no_ban_is_left_where_somebody_else_was_quicker(post):
    held = post(public=False, email="eve@example.org")
    before = seen(held)[0]
    moderation.approve([held])

    assert moderation.ban(before, None, Ban.Kind.EMAIL) == ([], [held.pk])
    assert not Ban.objects.exists()
    assert flags(held) == (True, False)


def test_trust_needs_an_address_that_its_owner_confirmed(post):
    stranger, staff = post(public=False, email="Anna@example.org"), make_user(email="staff@example.org")
    own = post(public=False, email="staff@example.org", user=staff)

    moderation.trust(seen(stranger)[0], staff)
    moderation.trust(seen(own)[0], staff)

    assert list(TrustedWriter.objects.values_list("email", "trusted_by")) == [("anna@example.org", staff.pk)]
    assert (flags(stranger), flags(own)) == ((True, False), (True, False))


def test_no_trust_is_left_where_somebody_else_was_quicker(post):
    held, first, second = post(public=False, email="eve@example.org"), make_user("one"), make_user("two")
    (state,) = seen(held)
    moderation.decide([state], Verdict.SPAM, first)

    assert moderation.trust(state, second) == ([], [held.pk])
    assert not TrustedWriter.objects.exists()


def test_taking_a_decision_back_ends_the_trust_that_came_with_it_and_no_other(post):
    user = make_user()
    first, second = (post(text, public=False, email="anna@example.org") for text in "ab")
    ((decision,), _refused) = moderation.trust(seen(first)[0], user)
    moderation.undo(decision.pk, user)
    assert not TrustedWriter.objects.exists()

    moderation.trust(seen(first)[0], user)
    ((decision,), _refused) = moderation.trust(seen(second)[0], user)
    moderation.undo(decision.pk, user)
    assert TrustedWriter.objects.count() == 1


def test_a_state_in_a_form_is_read_back_and_nothing_else_is(post):
    (state,) = seen(post(public=False))

    assert moderation.State.parse(str(state)) == state
    for text in (
        "",
        "1",
        f"{state}x",
        str(state).replace("waiting", "gone"),
        str(state).replace(".en", ".fr"),
        "9" * 5000,
    ):
        assert moderation.State.parse(text) is None
