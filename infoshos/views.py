import logging
from functools import cache

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection
from django.http import FileResponse, Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments import flood
from comments.readers import comes_from_here, too_often
from news import views as news
from news.caching import public_page
from news.checking import SEEN
from news.conflicts import BOOKKEEPING
from news.languages import html_lang
from news.legacy_views import redirect_old_address
from news.reading import count
from news.redirects import follows_renames
from news.richtext import plain_text

from .forms import ContactForm
from .middleware import client_address, language_of
from .models import Magazine, Page

logger = logging.getLogger(__name__)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - a field's name
LETTERS = 10  # that one reader can send in an hour


def home(request):
    return redirect_old_address(request) or news.home(request)


@require_safe
@public_page
@follows_renames(Page)
def page(request, slug):
    return render(request, "site/page.html", {"page": get_object_or_404(Page.objects.named(), slug=slug)})


@require_safe
@public_page
def magazine(request):
    issues = [issue for issue in Magazine.objects.select_related("cover") if issue.title]
    return render(request, "site/magazine.html", {"issues": issues})


@require_safe
def magazine_pdf(request, pk):
    issue = get_object_or_404(Magazine.objects.readable(), pk=pk)
    try:
        file = issue.pdf.open()
    except FileNotFoundError as error:
        raise Http404(_("The issue is not here.")) from error
    response = FileResponse(file, content_type="application/pdf", filename=f"infosco-{issue.month:%Y-%m}.pdf")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@csrf_exempt
@public_page
@require_http_methods(["GET", "HEAD", "POST"])
@flood.limited
def contact(request):
    """Stores the letter first and mails it then: a mail server that fails loses nothing.

    A letter carries nobody's authority, so the form needs no token, and its page no cookie.
    """
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["website"]:
            if too_often(request, "letters", LETTERS):
                form.add_error(
                    None, _("So many letters in one hour are more than we can take. Please send this one later.")
                )
                response = render(request, "site/contact.html", {"form": form}, status=429)
                response["Retry-After"] = "3600"
                return response
            message = form.save(commit=False)
            message.language = translation.get_language()
            message.save()
            mail_to_desk(message)
        return redirect(f"{reverse('contact')}?sent=1")
    status = 422 if form.errors else 200
    return render(request, "site/contact.html", {"form": form, "sent": "sent" in request.GET}, status=status)


def mail_to_desk(message):
    mail = EmailMessage(
        subject=f"[InfoSCO] {message.subject}",
        body=f"{message.name} <{message.email}> · {message.language}\n\n{message.text}",
        to=[settings.DESK_EMAIL],
        reply_to=[message.email],
    )
    try:
        mail.send()
    except OSError:
        logger.exception("Letter %s is stored but could not be mailed.", message.pk)
    else:
        message.mailed_at = timezone.now()
        message.save(update_fields=["mailed_at"])


@require_safe
def robots(request):
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /en/admin/",
        "Disallow: /zh-hans/admin/",
        "Disallow: /*/search/?",
        "Disallow: /search/?",
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
        f"Sitemap: {settings.SITE_URL}/news-sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@csrf_exempt
@require_POST
def read(request, pk, language, signature):
    """A page says that somebody reads it; whether that counts is nobody's business but ours."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        count(
            int(pk), language, signature, address=client_address(request), agent=request.headers.get("User-Agent", "")
        )
    return HttpResponse(status=204)


@require_safe
@never_cache
def health(request):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unavailable", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


# Errors, in the language of the address


def error_page(request, template, status):
    """Renders without the database, which may be what failed."""
    with translation.override(language_of(request.path_info)):
        return render(request, template, {"bare": status == 500, "error": status}, status=status)


def bad_request(request, exception=None):
    return error_page(request, "400.html", 400)


def forbidden(request, exception=None):
    return error_page(request, "403.html", 403)


def csrf_failure(request, reason=""):
    return unsent(request) or error_page(request, "403_csrf.html", 403)


def unsent(request, *, why="token"):
    """What a form of ours has sent and nobody could take, in a form that sends it again; None where that is nothing.

    Only where the browser says that the form is ours: else any site could have its own words sent by one more press."""
    context = sent_back(request)
    typed = [(name, value) for name, value in context["sent"] if name != TOKEN]
    if not any(value for _name, value in typed) or not comes_from_here(request):
        return None
    if any("password" in name for name in request.POST):
        return None  # a password is typed anew
    if why == "gone" and not context["texts"]:
        return None
    status = 410 if why == "gone" else 403
    context |= {"sent": [(TOKEN, get_token(request)), *typed], "why": why, "error": status}
    with translation.override(language_of(request.path_info)):
        response = render(request, "403_csrf.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def not_found(request, exception=None):
    return error_page(request, "404.html", 404)


def unavailable(request):
    """503 without the database, with all that was sent in a form that sends it again; secrets are left out."""
    context = {"bare": True, "error": True} | sent_back(request)
    with translation.override(language_of(request.path_info)):
        return try_later(render(request, "503.html", context, status=503))


def too_many(request):
    """429 with all that was sent, in the same form. Of a flood's pages only what differs is rendered."""
    language = language_of(request.path_info)
    with translation.override(language):
        before, after = frame_of_429(language)
        context = sent_back(request) | {"request": request}
        page = f"{before}{render_to_string('includes/sent_back.html', context)}{after}"
    return try_later(HttpResponse(page, status=429))


@cache
def frame_of_429(language):
    mark = "<!-- what was sent -->"
    return render_to_string("429.html", {"html_lang": html_lang(language), "mark": mark}).split(escape(mark))


def sent_back(request):
    sent = [
        (name, value)
        for name, values in (request.POST.lists() if request.method == "POST" else ())
        for value in values
        if "password" not in name
    ]
    # What a person wrote, and no button's name. Bytes, not characters: seven Han characters are a sentence. The desk
    # names what is a text however short, where nothing can be sent again.
    named = getattr(request, "gone", ())
    written = [
        value
        for name, value in sent
        if name in named
        or (name not in {TOKEN, SEEN, *BOOKKEEPING} and not name.startswith("_") and len(value.encode()) > 20)
    ]
    # There a link's address must not be lost either: the text's source is shown.
    texts = [
        plain_text(value) if value.startswith("<") and not (named and "<a " in value) else value
        for value in written
        if value
    ]
    return {"sent": sent, "texts": texts}


def try_later(response):
    response["Retry-After"] = "60"
    response["Cache-Control"] = "no-store"
    return response


def server_error(request):
    return error_page(request, "500.html", 500)
