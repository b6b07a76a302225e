"""What is done beside the request: by `manage.py db_worker` in a newsroom, at once in development."""

from django.tasks import task

from . import images, notes, proof
from .models import Image


@task
def warm_image(pk):
    """Makes the renditions of a picture, so that no reader waits for one."""
    image = Image.objects.filter(pk=pk).first()
    return images.warm(image) if image else 0


@task
def prove_article(pk):
    return proof.prove(pk)


@task
def send_letters():
    return notes.send_waiting()[0]
