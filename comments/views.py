"""Readers' pages: none of them is cached, none sets a cookie before a reader who is signed in asks for a form."""

from functools import wraps

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_http_methods

from news.models import Article
from news.scripts import lang_of

from . import (
    closing,
    devices,
    flood,
    holding,
    notices,
    outside,
    pending,
    readers,
    threads,
    typos,
    voters,
    votes,
)
from .forms import CommentForm, ReportForm, TypoForm
from .models import CommentReport, PendingComment, TypoReport
from .moderation import MODERATE


def reader_page(view):
    """For strangers no token is asked: such a post has no one's authority, and a page may come from an old cache."""

    @wraps(view)
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    def wrapper(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"  # links in mails are nobody else's business
        return response

    return wrapper


def find_comment(pk):
    """(comment, article) where readers see the comment, in whatever language, and read the article in theirs."""
    if pk > threads.MAX_NUMBER:
        raise Http404
    comment = get_object_or_404(threads.readable(), pk=pk)
    article = find_article(comment.posting.article_id)
    written_in = comment.posting.language
    if article.comment_policy == Article.Comments.HIDDEN or not article.is_published(written_in):
        raise Http404
    return threads.tell_languages(comment, written_in, translation.get_language()), article


def too_many(response):
    response["Retry-After"] = "3600"
    return response


def in_its_language(request, language, view, name):
    """Leads to the same page at the address of its comment's language: no page mixes languages, and none shows a headline
    in a language in which the article may not be published. None where the page is there already."""
    if language == translation.get_language():
        return None
    with translation.override(language):
        address = reverse(view, args=[name])
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{address}?{query}" if query else address, preserve_request=True)


def find_article(pk):
    return get_object_or_404(Article.objects.published().for_lists().prefetch_related("editions"), pk=pk)


def was_read(pk):
    """The article that was withdrawn from readers of the language, one of whom may be reporting on it; None."""
    article = Article.objects.for_lists().prefetch_related("editions").filter(pk=pk).first()
    edition = article and article.edition_in(translation.get_language())
    return article if edition and edition.is_gone() else None


def lacks_token(request):
    """Whether a signed-in reader's post may come from another site."""

    def guarded(request):
        """Not exempt."""

    return CsrfViewMiddleware(lambda request: None).process_view(request, guarded, (), {}) is not None


def alternates(article, view):
    """The same page in each language in which the article is published, for the language switch."""
    found = {}
    for language in article.published_languages() if article else ():
        with translation.override(language):
            found[language] = reverse(view, args=[article.pk])
    return found


def is_fragment(request):
    return "fragment" in request.GET


# Comments


@reader_page
@conditional_page
@flood.limited
def new(request, pk):
    """The form: a page, or what a script puts into the article's page (?fragment=1). Whatever goes wrong, the text stays."""
    language = translation.get_language()
    article = Article.objects.published().for_lists().prefetch_related("editions").filter(pk=pk).first()
    if article is None and request.method != "POST":
        raise Http404(_("There is no such story."))
    reason = article and closing.closed(article, language)
    if article is None or reason:
        status = 404 if article is None else 409 if request.method == "POST" else 200
        context = {"reason": reason, "text": request.POST.get("text", "")}
        return show_form(request, "closed", article, status=status, **context)
    number = (request.POST if request.method == "POST" else request.GET).get("reply", "")
    parent = threads.answerable(article, language, number)
    known = None if request.user.is_authenticated else devices.remembered(request)
    if request.method != "POST":
        form = CommentForm(user=request.user, known=known)
        lost = bool(number) and not parent
        response = show_form(request, "form", article, form=form, parent=parent, lost=lost, known=known)
        # Of a page with "no-store" browsers forget what was typed, when the network goes and the reader comes back.
        response["Cache-Control"] = "private, no-cache"
        return response
    if known and request.POST.get("email", known.email).strip().lower() != known.email:
        known = None  # whoever writes from another address confirms that one
    form = CommentForm(request.POST, user=request.user, known=known)
    status = 422
    if request.user.is_authenticated and lacks_token(request):
        form.add_error(None, _("We could not check that this came from you. Please send it again."))
        status = 403
    if number and not parent:
        form.add_error(
            None, _("The comment that you answer is not there any more. Sent again, yours starts a thread.")
        )
    if form.is_valid():
        data = form.cleaned_data
        email = request.user.email if request.user.is_authenticated else known.email if known else data["email"]
        if not request.user.has_perm(MODERATE) and holding.refusal(email, readers.address_of(request)):
            form.add_error(
                None, _("Comments from this address or network are not accepted. You can write to the desk.")
            )
            return show_form(request, "form", article, form=form, parent=parent, status=403, known=known)
        if request.user.is_authenticated or known:
            try:
                return post_known(request, article, data, parent, form.is_robot, known)
            except ValidationError as gone:  # what it answers went this very moment
                form.add_error(None, gone)
                return show_form(request, "form", article, form=form, status=422, known=known)
            except pending.TooMany as error:
                form.add_error(None, str(error))
        else:
            ip, key = readers.address_of(request), devices.key_of(request) or devices.new_key()
            comment, error = pending.accept(
                article, language, data, parent, ip, trapped=form.is_robot, device=devices.digest(key)
            )
            if comment:
                return devices.mark(sent(request, article, "mail" if comment.on_its_way else "delayed"), key)
            form.add_error(None, error)
        status = 429
    response = show_form(request, "form", article, form=form, parent=parent, status=status, known=known)
    return too_many(response) if status == 429 else response


def show_form(request, name, article, status=200, **context):
    template = f"comments/includes/{name}.html" if is_fragment(request) else f"comments/{name}.html"
    context |= {"article": article, "action": request.path}
    if not is_fragment(request):
        # Another address than the page's own: when the network goes at sending, the browser's error page does not take
        # the place of the form in its history, and "back" leads to what was typed.
        context["action"] += "?send"
        context["alternates"] = alternates(article, "comments:new")
    return render(request, template, context, status=status)


def post_known(request, article, data, parent, trapped, known):
    """Of somebody who is signed in or remembered on the device: no mail, but the same rules."""
    language, ip = translation.get_language(), readers.address_of(request)
    if known:
        user, name, email = None, data["name"], known.email
        if same := devices.sent_before(known, article, language, parent, data["text"]):
            return sent(request, article, "published" if same.comment.is_public else "held")
        if devices.too_many_comments(known):
            raise pending.TooMany(pending.TOO_MANY)
    else:
        user, email = request.user, request.user.email
        name = user.get_full_name()[:50] or user.get_username()[:50]
    public, reasons = True, []
    if known or not user.has_perm(MODERATE):
        public, reasons = holding.judge(data["text"], language, email, ip, trapped=trapped)
    comment = threads.post(
        article,
        language,
        text=data["text"],
        name=name,
        email=email,
        parent=parent,
        user=user,
        followup=data.get("followup", False),
        public=public,
        held_because=reasons,
        ip=ip,
    )
    if known:
        devices.used(known, comment, name)
    if known or not user.has_perm(MODERATE):
        outside.queue(comment)
    return sent(request, article, "published" if public else "held")


OUTCOMES = {"mail", "delayed", "held", "published"}


def sent(request, article, outcome):
    if is_fragment(request):
        return render(request, "comments/includes/sent.html", {"article": article, "outcome": outcome})
    return redirect(f"{reverse('comments:sent', args=[article.pk])}?{outcome}")


@reader_page
def after(request, pk):
    """What happens now; the page that a sent form leads to, so that a reload sends nothing twice."""
    outcome = next((name for name in OUTCOMES if name in request.GET), "mail")
    article = find_article(pk)
    context = {"article": article, "outcome": outcome, "alternates": alternates(article, "comments:sent")}
    return render(request, "comments/sent.html", context)


@reader_page
def confirm(request, token):
    """The mailed link: GET shows a button, as mail scanners follow links; POST confirms, once."""
    try:
        row = pending.read_token(token)
    except signing.BadSignature:
        return render(request, "comments/link.html", {"reason": "bad"}, status=404)
    except PendingComment.DoesNotExist:
        return render(request, "comments/link.html", {"reason": "gone"}, status=410)
    if there := in_its_language(request, row.language, "comments:confirm", token):
        return there
    own_page = reverse("comments:own_mailed", args=[row.own_token])
    if row.confirmed_at:
        return render(request, "comments/link.html", {"reason": "used", "own": own_page}, status=410)
    if pending.is_old(token):
        return render(request, "comments/link.html", {"reason": "expired", "own": own_page}, status=410)
    if not pending.is_open(row):
        return render(request, "comments/link.html", {"reason": "closed", "pending": row}, status=409)
    if request.method != "POST":
        lang = lang_of(row.text, row.language)
        return render(request, "comments/confirm.html", {"pending": row, "text_lang": lang})
    comment = pending.confirm(row)
    if comment is None:
        return render(request, "comments/link.html", {"reason": "used", "own": own_page}, status=410)
    response = redirect(f"{own_page}?confirmed")
    if "remember" not in request.POST:
        return response
    key = devices.key_of(request) or devices.new_key()
    devices.remember(devices.digest(key), row.email, row.name)
    return devices.mark(response, key)


@reader_page
def mute(request, token):
    """GET shows a button; POST mutes, whoever sends it: a mail program's one click (RFC 8058) has no cookie."""
    try:
        thread, whose = notices.read_mute_token(token)
    except (signing.BadSignature, ValueError, TypeError):
        return render(request, "comments/link.html", {"reason": "bad"}, status=404)
    if request.method == "POST":
        notices.mute(thread, whose)
    return render(request, "comments/mute.html", {"done": request.method == "POST"})


@reader_page
@flood.limited
def report(request, pk):
    """A reader says that a comment should not stand; a moderator looks at it."""
    comment, article = find_comment(pk)
    form = ReportForm(request.POST if request.method == "POST" else None)
    context = {
        "comment": comment,
        "article": article,
        "form": form,
        "alternates": {translation.get_language(): request.path},
    }
    status = 200
    if request.method == "POST":
        whose, device = readers.fingerprint(request), voters.device_of(request)
        if not form.is_valid():
            status = 422
        elif readers.comes_from_elsewhere(request):
            form.add_error(None, _("We could not check that this came from you. Please send it again."))
            status = 403
        elif readers.too_many_reports(CommentReport, whose):
            form.add_error(
                None, _("Too many reports came from your network in the last hour. Please try again later.")
            )
            return too_many(render(request, "comments/report.html", context, status=429))
        else:
            if not form.is_robot:
                votes.report(comment, device, whose, form.cleaned_data["reason"])
            context["done"] = True
    response = render(request, "comments/report.html", context, status=status)
    if context.get("done"):
        voters.remember(response, device)
    return response


# Typo reports


@reader_page
@flood.limited
def typo(request, pk):
    """A form for readers without JavaScript; the dialog of static/js/typo.js posts to it too and reads JSON."""
    withdrawn = None
    try:
        article = find_article(pk)
    except Http404:
        article = withdrawn = was_read(pk) if request.method == "POST" else None
        if not withdrawn:
            raise
    context = {"article": article, "alternates": alternates(article, "comments:typo")}
    if request.method != "POST":
        initial = {
            name: request.GET.get(name, "")[:1000]
            for name in ("quote", "field", "image", "prefix", "suffix", "position", "version")
        }
        initial["correction"] = initial["quote"]
        return render(request, "comments/typo.html", context | {"form": TypoForm(initial=initial)})
    form = TypoForm(request.POST)
    status = 422
    if form.is_valid():
        whose = readers.fingerprint(request)
        if readers.too_many_reports(TypoReport, whose):
            form.add_error(
                None, _("Too many reports came from your network in the last hour. Please try again later.")
            )
            status = 429
        else:
            if not form.is_robot:
                typos.take(article, translation.get_language(), form.cleaned_data, whose)
            if is_fragment(request):
                return JsonResponse({"message": _("Thank you! The editors will look at it.")})
            if withdrawn:
                return render(request, "comments/typo_thanks.html")
            return redirect(f"{reverse('comments:typo_thanks', args=[article.pk])}")
    if withdrawn:
        raise Http404  # the form would tell what the story is called
    if is_fragment(request):
        errors = [str(error) for errors in form.errors.values() for error in errors]
        response = JsonResponse({"errors": errors}, status=status)
    else:
        response = render(request, "comments/typo.html", context | {"form": form}, status=status)
    if status == 429:
        response["Retry-After"] = "3600"
    return response


@reader_page
def typo_thanks(request, pk):
    return render(request, "comments/typo_thanks.html", {"article": find_article(pk)})
