"""What is done beside the request: by `manage.py db_worker` in a newsroom, at once in development."""

from django.tasks import task

from . import erasing, mailed_links, notices, outside, pending
from .models import AddressLink, PendingComment


@task
def send_waiting_notices():
    return notices.send_waiting()[0]


@task
def ask_outside():
    return outside.work()[0]


@task
def mail_confirmation(number):
    return mailed_links.mail_one(PendingComment.objects.select_related("article"), number, pending.mail)


@task
def mail_address_link(number):
    return mailed_links.mail_one(AddressLink.objects.all(), number, erasing.mail)
