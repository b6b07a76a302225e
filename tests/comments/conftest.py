import socket
from email import message_from_bytes
from email import policy as policies

import pytest
from django.template import RequestContext, Template
from django.utils import timezone, translation

from comments import threads
from comments.models import PendingComment
from tests.factories import make_article

STRANGER = {"name": "Айгуль", "email": "reader@example.org", "text": "Хорошая новость. 🙂\n\nСпасибо!"}


@pytest.fixture
def article(db):
    return make_article()


@pytest.fixture
def post(article):
    """Posts a comment straight into the discussion: post("text", parent=…, public=True, language="en", …)."""

    def post(text="Comment", *, language="en", public=True, name="Reader", on=article, **fields):
        return threads.post(on, language, text=text, name=name, public=public, **fields)

    return post


@pytest.fixture
def pending(article):
    def pending(**fields):
        values = {
            "article": article,
            "language": "en",
            "name": "Reader",
            "email": "reader@example.org",
            "text": "Held",
        }
        return PendingComment.objects.create(**values | {"mailed_at": timezone.now()} | fields)

    return pending


@pytest.fixture
def shown(rf):
    """The discussion as the article's page shows it: shown(article, "en")."""

    def shown(article, language="en"):
        with translation.override(language):
            request = rf.get(article.address(language))
            source = "{% load comments_site %}{% article_comments article %}"
            return Template(source).render(RequestContext(request, {"article": article, "language": language}))

    return shown


@pytest.fixture
def mail_server(settings):
    """A real SMTP server that all mails go to: a list of (receivers, letter)."""
    from aiosmtpd.controller import Controller

    kept = []

    class Keeper:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
            kept.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policies.default)))
            return "250 kept"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    yield kept
    controller.stop()
