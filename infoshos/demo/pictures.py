"""Draws the demonstration's pictures on every processor. Imports no model: its workers run without Django's apps."""

import os
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context

from news import images

from . import artwork


def draw_all(jobs):
    """{key: Original} for {key: ("draw" or "cover" of artwork, motif or number, seed)}."""
    # Not forked: the process may have threads.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        futures = {key: pool.submit(draw, *job) for key, job in jobs.items()}
        return {key: future.result() for key, future in futures.items()}


def draw(kind, subject, seed):
    picture = getattr(artwork, kind)(subject, seed)
    file = BytesIO()
    picture.convert("RGB").save(file, "PNG", compress_level=1)
    return images.normalise(file)
