"""The proof reads real pages: through the test client, and once through a server by HTTP."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from news import caching, proof, publication
from news.models import Article, Edition, Proof
from states.models import State

from ..factories import make_article, make_author, make_section, make_tag
from .test_admin import address, save, signed_in

pytestmark = pytest.mark.django_db


def read(paths, client=None):
    """The answers that a reader gets, one after the other, in this process."""
    client = client or Client()
    answers = []
    for path in paths:
        response = client.get(path)
        text = response.content.decode()
        answers.append(proof.Answer(response.status_code, response.get(caching.STATE_HEADER, ""), text))
    return answers


NOW = {"fetch_all": read, "pauses": (0,)}


def dead(paths):
    return [proof.Answer(0) for _path in paths]


def full(languages=("ru", "en", "zh-hans"), **fields):
    """A story that every kind of page shows."""
    section = make_section("politics")
    things = {"tags": [make_tag("tea")], "states": [State.objects.get(iso2="KZ")], "authors": [make_author("desk")]}
    return make_article(languages, section=section, **things, **fields)


def wrong(article, **how):
    found = proof.compare(Article.objects.for_page().get(pk=article.pk), **(NOW | how))
    return {path: problem for path, problem in found if problem}


def test_every_kind_of_address_is_looked_at():
    article = full(["en"])

    paths = [path for path, _problem in proof.compare(Article.objects.for_page().get(pk=article.pk), **NOW)]

    day = timezone.localtime(article.editions.get().published_at, timezone.get_default_timezone())
    assert set(paths) == {
        article.address("en"), article.address("en", "news:print"), "/en/", "/en/feed.rss", "/en/feed.atom",
        "/en/section/politics/", "/en/section/politics/feed.rss", "/en/section/politics/feed.atom", "/en/tag/tea/",
        "/en/author/desk/", "/en/states/kz/", "/en/states/kz/feed.rss", "/en/states/kz/feed.atom",
        f"/en/archive/{day:%Y/%m/%d}/", "/sitemap.xml", f"/sitemap-articles-en.xml?p={article.pk // 5000 + 1}",
        "/news-sitemap.xml",
    }  # fmt: skip


@pytest.mark.parametrize("stage", ["published", "withdrawn", "ended", "hidden"])
def test_pages_that_are_right_are_found_right(stage):
    article = full()
    editions = Edition.objects.filter(article=article)
    if stage == "withdrawn":
        publication.withdraw(article, "en")
    elif stage == "ended":
        editions.update(unpublish_at=timezone.now())
        caching.bump()
    elif stage == "hidden":
        editions.update(status=Edition.Status.DRAFT)
        caching.bump()

    assert wrong(article) == {}


def test_story_that_is_missing_anywhere_is_named():
    article = full(["en"])
    empty = [proof.Answer(200, "", "<html></html>")]

    found = wrong(article, fetch_all=lambda paths: empty * len(paths))

    assert set(found) >= {article.address("en"), "/en/", "/en/feed.rss", "/en/tag/tea/", "/news-sitemap.xml"}
    assert set(found.values()) == {proof.MISSING}
    assert "/sitemap.xml" not in found


def test_story_that_still_stands_after_its_withdrawal_is_named_wherever_it_stands():
    article = full(["en"])
    paths = [expected.path for expected in proof.expectations(Article.objects.for_page().get(pk=article.pk))]
    before = dict(zip(paths, read(paths), strict=True))  # what a cache that nobody told would go on serving
    publication.withdraw(article, "en")

    found = wrong(article, fetch_all=lambda wanted: [before[path] for path in wanted])

    assert found.pop("/sitemap.xml") == proof.STALE
    assert set(found) == set(paths) - {"/sitemap.xml"}
    assert set(found.values()) == {proof.LEAKS}


def test_page_of_an_older_generation_is_stale():
    article = full(["en"])
    paths = [expected.path for expected in proof.expectations(Article.objects.for_page().get(pk=article.pk))]
    before = dict(zip(paths, read(paths), strict=True))
    caching.bump()

    found = wrong(article, fetch_all=lambda wanted: [before[path] for path in wanted])

    assert set(found.values()) == {proof.STALE}
    assert article.address("en") in found


def test_old_page_in_the_cache_is_found(monkeypatch):
    article = make_article(["en"], title_en="Before")
    Client().get(article.address("en"))
    monkeypatch.setattr(caching, "state", lambda language, at=None: "1-0-0")  # a cache key that hears of nothing
    assert Client().get(article.address("en"))[caching.STATE_HEADER] == "1-0-0"
    monkeypatch.undo()

    stale = [proof.Answer(200, "1-0-0", Client().get(article.address("en")).content.decode())]
    found = wrong(article, fetch_all=lambda paths: stale * len(paths))

    assert found[article.address("en")] == proof.STALE


@pytest.mark.parametrize(("status", "problem"), [(0, proof.UNREACHABLE), (502, proof.FAILS), (404, proof.FAILS)])
def test_answer_that_is_none_is_no_proof(status, problem):
    article = make_article(["en"])

    found = wrong(article, fetch_all=lambda paths: [proof.Answer(status)] * len(paths))

    assert found[article.address("en")] == problem


def test_what_is_wrong_for_a_moment_is_looked_at_again():
    article = make_article(["en"])
    tries = []

    def at_first_dead(paths):
        tries.append(len(paths))
        return dead(paths) if len(tries) == 1 else read(paths)

    assert wrong(article, fetch_all=at_first_dead, pauses=(0, 0)) == {}
    assert tries[0] == tries[1]


# What is to be proved, and when


def test_each_change_of_a_public_story_is_proved_once():
    editor, article = signed_in("Editor"), make_article(["en"])

    save(editor, article, title_en="New words")
    save(editor, Article.objects.get(), title_en="Newer words")

    row = Proof.objects.get()
    assert proof.prove(article.pk, **NOW) is True
    row.refresh_from_db()
    assert row.proved_at
    assert proof.prove(article.pk, **NOW) is None


def test_draft_has_nothing_to_prove():
    save(signed_in("Editor"), make_article(["en"], published=False), title_en="New words")

    assert not Proof.objects.exists()


def test_change_that_is_rolled_back_is_not_proved():
    from django.db import transaction

    article = make_article(["en"])
    with pytest.raises(RuntimeError), transaction.atomic():
        publication.save_edit(article, by=None)
        raise RuntimeError

    assert not Proof.objects.exists()


def test_another_process_at_the_same_proof_is_left_alone():
    article = make_article(["en"])
    proof.queue(article)
    Proof.objects.update(claimed_at=timezone.now())
    assert proof.prove(article.pk, **NOW) is None

    Proof.objects.update(claimed_at=timezone.now() - timedelta(minutes=6))
    assert proof.prove(article.pk, **NOW) is True


def test_change_while_a_proof_runs_is_proved_again():
    article = make_article(["en"])
    proof.queue(article)

    def meanwhile(paths):
        answers = read(paths)
        if Proof.objects.count() == 1:
            proof.queue(article)
        return answers

    assert proof.prove(article.pk, fetch_all=meanwhile, pauses=(0,)) is True

    assert Proof.objects.due().count() == 1


def test_worker_is_asked_where_there_is_one(settings, django_capture_on_commit_callbacks):
    article = make_article(["en"])
    for there, number in ((False, 0), (True, 1)):
        Proof.objects.all().delete()
        settings.BACKGROUND_TASKS = there
        with django_capture_on_commit_callbacks() as callbacks:
            proof.queue(article)
        assert len(callbacks) == number


def test_moments_of_a_schedule_are_planned_and_follow_it():
    now = timezone.now()
    article = make_article(["en", "ru"], published=False)
    first, second, end = (now + timedelta(hours=hours) for hours in (1, 2, 3))
    edition = publication.publish(article, "en", at=first)
    publication.publish(article, "ru", at=first)
    assert [row.due_at for row in Proof.objects.all()] == [first]

    edition = Edition.objects.get(pk=edition.pk)
    edition.published_at, edition.unpublish_at = second, end
    edition.save()

    assert set(Proof.objects.values_list("due_at", flat=True)) == {first, second, end}
    publication.withdraw(article, "en")
    assert set(Proof.objects.values_list("due_at", flat=True)) == {first}


# The timer


def test_embargo_is_proved_at_its_minute_and_nothing_is_late():
    now = timezone.now()
    article = make_article(["en"], published=False)
    publication.publish(article, "en", at=now + timedelta(hours=1))
    assert proof.prove_due(**NOW) == (0, 0, 0)

    with time_machine.travel(now + timedelta(hours=1, seconds=5), tick=False):
        assert proof.prove_due(**NOW) == (1, 0, 0)
        assert proof.prove_due(**NOW) == (0, 0, 0)
    assert mail.outbox == []


def test_schedule_more_than_60_seconds_late_raises_the_alarm_once(settings):
    settings.ADMINS = ["admin@desk.example"]
    now = timezone.now()
    article = make_article(["en"], published=False)
    publication.publish(article, "en", at=now + timedelta(hours=1))
    at = now + timedelta(hours=1)

    with time_machine.travel(at + timedelta(seconds=59), tick=False):
        assert proof.prove_due(fetch_all=dead, pauses=(0,)) == (0, 1, 0)
        assert mail.outbox == []
    with time_machine.travel(at + timedelta(seconds=60), tick=False):
        assert proof.prove_due(fetch_all=dead, pauses=(0,)) == (0, 1, 1)
        assert proof.prove_due(fetch_all=dead, pauses=(0,)) == (0, 1, 1)
        desk = signed_in("Editor").get("/en/admin/").content.decode()
        assert "Readers do not see what they should" in desk
        assert "Readers do not see" not in signed_in("Reporter").get("/en/admin/").content.decode()
        form = signed_in("Editor").get(address(article)).content.decode()
        assert "Late: this should have been right" in form
        assert "can&#x27;t be reached" in form
        [letter] = mail.outbox
        assert letter.to == ["admin@desk.example", settings.DESK_EMAIL]
        assert article.address("en") in letter.body

        assert proof.prove_due(**NOW) == (1, 0, 0)
        assert "Every address shows what it should." in signed_in("Editor").get(address(article)).content.decode()


def test_desk_shows_what_no_timer_has_proved():
    now = timezone.now()
    article = make_article(["en"], published=False)
    publication.publish(article, "en", at=now + timedelta(hours=1))

    with time_machine.travel(now + timedelta(hours=1, minutes=2), tick=False):
        desk = signed_in("Editor").get("/en/admin/").content.decode()

    assert "Whether readers see what they should" in desk
    assert "not checked yet" in desk


def test_command_fails_while_something_is_late(settings, capsys):
    settings.PROOF_URL = "http://127.0.0.1:9"
    settings.SITE_URL = "http://127.0.0.1:9"
    call_command("prove_publications")
    article = make_article(["en"])
    Proof.objects.create(article=article, due_at=timezone.now() - timedelta(minutes=2))

    with pytest.MonkeyPatch.context() as patch, pytest.raises(CommandError):
        patch.setattr(proof, "PAUSES", (0,))
        call_command("prove_publications")

    assert "late 1" in capsys.readouterr().out


def test_old_proofs_are_forgotten():
    article = make_article(["en"])
    now = timezone.now()
    for days in (29, 31):
        Proof.objects.create(article=article, due_at=now - timedelta(days=days), proved_at=now)

    proof.prove_due(**NOW)

    assert Proof.objects.count() == 1


def test_alarm_that_no_mail_server_takes_is_raised_again(settings):
    article = make_article(["en"])
    Proof.objects.create(article=article, due_at=timezone.now() - timedelta(minutes=2))
    working = settings.MAILERS
    options = {"host": "127.0.0.1", "port": 9, "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    proof.prove_due(fetch_all=dead, pauses=(0,))

    settings.MAILERS = working
    proof.prove_due(fetch_all=dead, pauses=(0,))

    assert len(mail.outbox) == 1


# By HTTP


@pytest.mark.browser  # among the tests that have SQLite in a file: the server's threads can't share it in memory
@pytest.mark.django_db(transaction=True)
def test_pages_of_a_real_server_are_proved_in_the_name_of_the_public_address(live_server, settings):
    settings.PROOF_URL = live_server.url
    settings.SITE_URL = "http://infoshos.example"
    settings.ALLOWED_HOSTS = ["infoshos.example"]
    article = full()

    found = proof.compare(Article.objects.for_page().get(pk=article.pk), pauses=(0,))

    assert len(found) > 40
    assert [row for row in found if row[1]] == []
