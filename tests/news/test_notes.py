import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command

from news import notes
from news.models import Assignment, Letter, Note

from ..factories import make_article, make_user
from .test_admin import address, signed_in
from .test_pages import main

pytestmark = pytest.mark.django_db
SECRET = "Ask the ministry before noon"


@pytest.fixture
def editor():
    return signed_in("Editor", email="editor@desk.example")


def colleagues(article):
    return f"/en/admin/news/article/{article.pk}/colleagues/"


def write(client, article, text, **headers):
    return client.post(colleagues(article), {"form": "note", "note-text": text}, headers=headers)


def assign(client, article, user, task="Check the figures", until=""):
    data = {"form": "assignment", "assignment-assignee": user.pk, "assignment-task": task, "assignment-until": until}
    return client.post(colleagues(article), data)


# Notes


def test_note_is_for_colleagues_alone(editor, client):
    article = make_article()

    response = write(editor, article, SECRET)

    assert response.status_code == 302
    assert SECRET in editor.get(address(article)).content.decode()
    assert SECRET in signed_in("Translator").get(colleagues(article)).content.decode()
    places = [article.address(code) for code in ("ru", "en", "zh-hans")]
    for path in [*places, article.address("en", "news:print"), "/en/", "/en/feed.atom"]:
        assert SECRET not in client.get(path).content.decode()
    assert article.address("en") not in main(client.get("/en/search/?q=ministry"))


def test_named_colleagues_get_a_mail_in_their_language(editor, django_capture_on_commit_callbacks):
    article = make_article(title_ru="Саммит", title_en="Summit")
    make_user("li.mei", groups=["Translator"], email="li@desk.example", languages=["en", "zh-hans"])
    make_user("pavel", groups=["Editor"], email="pavel@desk.example")
    make_user("unnamed", groups=["Editor"], email="unnamed@desk.example")

    with django_capture_on_commit_callbacks(execute=True):
        write(editor, article, f"@Li.Mei, @pavel: {SECRET}. Thanks, @li.mei. Not a name: a@pavel.example")

    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {"li@desk.example", "pavel@desk.example"}
    assert letters["li@desk.example"].subject == "A note on: Summit"
    assert "/en/admin/" in letters["li@desk.example"].body
    assert "Саммит" in letters["pavel@desk.example"].subject
    assert "A note on" not in letters["pavel@desk.example"].subject
    assert all(SECRET in letter.body for letter in letters.values())
    assert Letter.objects.filter(sent_at=None).count() == 0


def test_name_that_nobody_has_keeps_the_words(editor):
    article = make_article()

    response = write(editor, article, f"@nobody {SECRET}")

    assert response.status_code == 422
    assert "Nobody at the desk is called @nobody." in response.content.decode()
    assert SECRET in response.content.decode()
    assert not Note.objects.exists()


def test_readers_accounts_and_former_colleagues_are_not_named(editor):
    make_user("reader")
    make_user("former", groups=["Editor"], is_active=False)

    for name in ("reader", "former"):
        assert write(editor, make_article(), f"@{name} look").status_code == 422
    assert not Letter.objects.exists()


def test_colleague_who_may_not_see_the_article_is_not_told_of_it(editor):
    make_user("reporter", groups=["Reporter"], email="reporter@desk.example")

    response = write(editor, make_article(published=False), "@reporter look at this")

    assert response.status_code == 422
    assert "@reporter may not see this article." in response.content.decode()
    assert not Letter.objects.exists()


def test_letter_is_not_sent_to_whom_the_article_was_taken_from(editor):
    reporter = make_user("reporter", groups=["Reporter"], email="reporter@desk.example")
    article = make_article(published=False, created_by=reporter)
    write(editor, article, "@reporter look")
    article.created_by = None
    article.save()

    assert notes.send_waiting() == (0, 0)
    assert mail.outbox == []


def test_nobody_is_told_of_an_own_note(editor):
    write(editor, make_article(), f"@{editor.user.username} to myself")

    assert not Letter.objects.exists()


def test_note_stays_as_it_was_written(editor):
    article = make_article()
    write(editor, article, SECRET)
    note = Note.objects.get()
    note.text = "Something else"

    with pytest.raises(ValidationError):
        note.save()

    assert Note.objects.get().text == SECRET
    note.author.delete()
    assert Note.objects.get().author is None


def test_empty_note_is_refused(editor):
    assert write(editor, make_article(), "  ").status_code == 422
    assert not Note.objects.exists()


def test_section_alone_is_answered_to_a_script(editor):
    response = write(editor, make_article(), SECRET, X_Requested_With="fetch")

    html = response.content.decode()
    assert response.status_code == 200
    assert html.lstrip().startswith("<section")
    assert SECRET in html


@pytest.mark.parametrize("number", [1, 30])
def test_notes_of_an_article_take_few_queries(editor, number, django_assert_num_queries):
    article = make_article()
    for _number in range(number):
        Note.objects.create(article=article, author=make_user(), text="Words")
        Assignment.objects.create(article=article, assignee=make_user(), created_by=make_user(), task="Task")
    editor.get(colleagues(article))

    with django_assert_num_queries(8):
        assert editor.get(colleagues(article)).status_code == 200


def test_older_notes_are_a_click_away(editor):
    article = make_article()
    for number in range(101):
        Note.objects.create(article=article, author=editor.user, text=f"Words {number}.")

    assert "Words 0." not in editor.get(colleagues(article)).content.decode()
    assert "Words 100." in editor.get(colleagues(article)).content.decode()
    assert "Words 0." in editor.get(colleagues(article) + "?notes=all").content.decode()


# The outbox


def test_letter_waits_for_a_mail_server_and_is_sent_once(editor, settings):
    make_user("pavel", groups=["Editor"], email="pavel@desk.example")
    write(editor, make_article(), "@pavel look")
    working = settings.MAILERS
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 1},
        }
    }
    assert notes.send_waiting() == (0, 1)
    assert Note.objects.count() == 1

    settings.MAILERS = working
    call_command("send_letters")
    call_command("send_letters")

    assert [letter.to for letter in mail.outbox] == [["pavel@desk.example"]]


# Assignments


def test_assignment_is_on_the_desk_of_whom_it_is_for_until_it_is_done(editor, django_capture_on_commit_callbacks):
    translator = signed_in("Translator", email="translator@desk.example", languages=["en"])
    article = make_article()

    with django_capture_on_commit_callbacks(execute=True):
        response = assign(editor, article, translator.user, until="2030-05-01T09:00")

    assert response.status_code == 302
    [letter] = mail.outbox
    assert "Check the figures" in letter.body
    assert "01.05.2030 09:00 (Moscow time)" in letter.body
    assert "Check the figures" in translator.get("/en/admin/").content.decode()
    assert "Check the figures" in translator.get(address(article)).content.decode()
    assert "Check the figures" not in editor.get("/en/admin/").content.decode()

    number = Assignment.objects.get().pk
    assert translator.post(colleagues(article), {"done": number}).status_code == 302

    done = Assignment.objects.get()
    assert done.done_by == translator.user
    assert "Check the figures" not in translator.get("/en/admin/").content.decode()
    assert "assignments__item--done" in editor.get(address(article)).content.decode()


def test_assignment_of_somebody_else_is_not_closed(editor):
    article = make_article()
    assign(editor, article, editor.user)
    number = Assignment.objects.get().pk

    assert signed_in("Translator").post(colleagues(article), {"done": number}).status_code == 403
    assert editor.post(colleagues(make_article()), {"done": number}).status_code == 404
    assert editor.post(colleagues(article), {"done": "x" * 40}).status_code == 404

    assert Assignment.objects.get().done_at is None


def test_assignment_of_an_article_that_one_may_not_see_is_refused(editor):
    reporter = make_user(groups=["Reporter"])

    response = assign(editor, make_article(published=False), reporter)

    assert response.status_code == 422
    assert "may not see this article" in response.content.decode()
    assert "Check the figures" in response.content.decode()
    assert not Assignment.objects.exists()


def test_reporter_reads_and_writes_on_an_own_article_alone(editor):
    reporter = signed_in("Reporter")
    own, other = make_article(published=False, created_by=reporter.user), make_article(published=False)
    write(editor, other, SECRET)

    assert write(reporter, own, "Done").status_code == 302
    assert reporter.get(colleagues(other)).status_code == 404
    assert write(reporter, other, "Mine").status_code == 404
    assert Note.objects.count() == 2
