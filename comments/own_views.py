"""Writers' pages about their own comments: from the device, from the mail, and by an address. None of them is cached."""

from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from . import devices, erasing, flood, holding, moderation, own, readers
from .forms import AddressForm, EditForm
from .models import AddressLink, PendingComment
from .threads import MAX_NUMBER
from .views import in_its_language, lacks_token, reader_page, too_many

PAGE = 20
DONE = ("confirmed", "edited", "withdrawn")


def forged(request):
    """Whether another site has sent the form. The cookie is not sent with such a post (SameSite); this is the second lock."""
    if request.user.is_authenticated:
        return lacks_token(request)
    return readers.comes_from_elsewhere(request)


# From the device


@reader_page
def own_list(request):
    """What was written on this device and how it stands, also what waits; and the way to the rest by mail."""
    pending, postings = own.of_device(request)
    page = Paginator(postings, PAGE).get_page(request.GET.get("page"))
    rows = own.describe([*(pending[:PAGE] if page.number == 1 else ()), *page])
    for row in rows:
        row.waits = isinstance(row, PendingComment)
        row.own = (
            reverse("comments:own_mailed", args=[row.own_token])
            if row.waits
            else reverse("comments:own_comment", args=[row.pk])
        )
    context = {
        "rows": rows,
        "page": page,
        "known": devices.remembered(request),
        "device": bool(devices.device_of(request)),
        "form": AddressForm(),
        "forgotten": "forgotten" in request.GET,
    }
    return render(request, "comments/own.html", context)


@reader_page
def forget(request):
    if request.method == "POST":
        if not forged(request):
            return devices.forget(request, redirect(f"{reverse('comments:own')}?forgotten"))
    return redirect("comments:own")


@reader_page
def own_comment(request, pk):
    """One comment, for the device or the user that wrote it; for anybody else it is not there."""
    row = own.of_device(request)[1].filter(pk=pk).first() if pk <= MAX_NUMBER else None
    if row is None:
        raise Http404(_("There is no such comment of yours."))
    known = devices.remembered(request)
    vouched = bool(row.comment.user_id or (known and known.email == row.author))
    return one(request, row, "comments:own_comment", pk, vouched=vouched)


# From the mail


@reader_page
def own_mailed(request, token):
    """The same by the link in the confirmation mail, on any device."""
    try:
        row = own.by_token(token)
    except (signing.BadSignature, TypeError, ValueError):
        return render(request, "comments/link.html", {"reason": "bad"}, status=404)
    if row is None:
        return render(request, "comments/link.html", {"reason": "gone"}, status=410)
    return one(request, row, "comments:own_mailed", token, vouched=True)


def one(request, row, view, name, *, vouched):
    if there := in_its_language(request, row.language, view, name):
        return there
    own.describe([row])
    waits = isinstance(row, PendingComment)
    form = None if waits else EditForm(initial={"text": row.words})
    status, problem = 200, ""
    if request.method == "POST":
        withdrawing = "withdraw" in request.POST
        if forged(request):
            status, problem = 403, _("We could not check that this came from you. Please send it again.")
        elif withdrawing:
            try:
                own.withdraw(row)
                return redirect(f"{request.path}?withdrawn" if not waits else f"{reverse('comments:own')}?withdrawn")
            except own.Refused as refused:
                status, problem = 409, said(refused)
        elif not waits:
            status, problem = change(request, row, vouched)
            if not status:
                return redirect(f"{request.path}?edited")
        if not withdrawing and not waits:
            form = EditForm(request.POST)
            form.is_valid()
            kept = request.POST.get("text", "")
    context = {
        "row": row,
        "article": row.article,
        "form": form,
        "problem": problem,
        "kept": kept if form and form.is_bound and not row.editable else "",
        "done": next((word for word in DONE if word in request.GET), ""),
        "alternates": {row.language: request.path},
    }
    return render(request, "comments/own_comment.html", context, status=status)


def change(request, row, vouched):
    """(status, what to say); (0, "") where it was done."""
    form = EditForm(request.POST)
    if not form.is_valid():
        return 422, ""
    ip = readers.address_of(request)
    moderator = request.user.has_perm(moderation.MODERATE)
    if not moderator and holding.refusal(row.author, ip):
        return 403, _("Comments from this address or network are not accepted. You can write to the desk.")
    seen = moderation.State.parse(request.POST.get("state", ""))
    try:
        own.edit(row, seen, form.cleaned_data["text"], ip, vouched=vouched)
    except own.Refused as refused:
        if refused.why == "changed":  # what stands now is shown, beside what was typed
            fresh = own.postings().filter(pk=row.pk).first()
            if fresh is None:
                raise Http404 from None
            row.__dict__.update(own.describe([fresh])[0].__dict__)
        return 429 if refused.why == "often" else 409, said(refused)
    return 0, ""


def said(refused):
    return {
        "late": _("The ten minutes for changes are over: the comment stays as it is. Your text is below."),
        "decided": _("A moderator has decided on this comment, or it was withdrawn: it can’t be changed any more."),
        "changed": _(
            "Meanwhile the comment was changed in another window, or a moderator has decided on it. "
            "Look at what stands now; sent again, your text takes its place."
        ),
        "often": _("This comment was changed too often. It stays as it is."),
    }[refused.why]


# By an address


@reader_page
@flood.limited
def mine(request):
    """A link is mailed to whoever asks, so that nobody learns whether an address has written here."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            link = None
            if not form.is_robot:
                link = erasing.ask(form.cleaned_data["email"], translation.get_language(), readers.address_of(request))
            if link or form.is_robot:
                return redirect(f"{reverse('comments:mine')}?{'delayed' if link and not link.on_its_way else 'sent'}")
            form.add_error(None, _("Too many such mails were asked for in the last hour. Please ask again later."))
            status = 429
    outcome = next((word for word in ("sent", "delayed") if word in request.GET), "")
    response = render(request, "comments/mine.html", {"form": form, "outcome": outcome}, status=status)
    return too_many(response) if status == 429 else response


def linked(view):
    """With the AddressLink that the token names, or a page that says what is wrong with it."""

    @reader_page
    def wrapper(request, token):
        try:
            link = erasing.read_token(token)
        except signing.SignatureExpired:
            return render(request, "comments/link.html", {"reason": "old"}, status=410)
        except (signing.BadSignature, AddressLink.DoesNotExist, TypeError, ValueError):
            return render(request, "comments/link.html", {"reason": "bad"}, status=404)
        if link.used_at:
            return render(request, "comments/link.html", {"reason": "erased"}, status=410)
        return view(request, token, link)

    return wrapper


@linked
def mine_linked(request, token, link):
    postings, pending, typos = erasing.written(link.email)
    problem = ""
    if request.method == "POST":
        if "sure" in request.POST:
            if erasing.erase(link) is None:
                return render(request, "comments/link.html", {"reason": "erased"}, status=410)
            response = render(request, "comments/erased.html")
            return devices.forget(request, response) if devices.device_of(request) else response
        problem = _("Tick the box, if you are sure. Nothing was erased.")
    page = Paginator(postings, PAGE).get_page(request.GET.get("page"))
    context = {
        "link": link,
        "rows": own.describe([*(pending if page.number == 1 else ()), *page]),
        "page": page,
        "typos": typos if page.number == 1 else (),
        "number": page.paginator.count + len(pending),
        "until": link.created_at + erasing.LINK_WITHIN,
        "export": reverse("comments:mine_export", args=[token]),
        "problem": problem,
    }
    return render(request, "comments/mine_linked.html", context, status=422 if problem else 200)


@linked
def mine_export(request, token, link):
    response = JsonResponse(erasing.export(link.email), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="infosco-{timezone.localdate():%Y-%m-%d}.json"'
    return response
