"""Old slugs at the door: who asks for one is sent on for good."""

from functools import wraps

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse

from .models import SlugRedirect


def current_slug(model, slug):
    """The slug of what was called ``slug`` once, if it has a name in the reader's language; or None."""
    kept = SlugRedirect.objects.filter(kind=model._meta.label_lower, slug=slug)
    return model.objects.named().filter(pk__in=kept.values("object_id")).values_list("slug", flat=True).first()


def follows_renames(model):
    """For a view with a ``slug``: where it finds nothing, the old slug's thing at its address of today."""

    def decorate(view):
        @wraps(view)
        def wrapper(request, *args, slug, **kwargs):
            try:
                return view(request, *args, slug=slug, **kwargs)
            except Http404:
                new = current_slug(model, slug)
                if new is None or new == slug:
                    raise
            match = request.resolver_match
            address = reverse(match.view_name, args=match.args, kwargs=match.captured_kwargs | {"slug": new})
            query = request.META.get("QUERY_STRING", "")
            response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
            response["Cache-Control"] = "public, max-age=3600"  # a slug may be taken again
            return response

        return wrapper

    return decorate
