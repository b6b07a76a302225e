"""The states as a fresh portal knows them: data/states.toml, put into the database.

What is there already stays as editors left it, so loading again is safe.
"""

import tomllib
from itertools import pairwise
from pathlib import Path

FACTS = Path(__file__).parent / "data" / "states.toml"


def load(apps):
    """``apps`` is a registry of models: the project's own or that of a migration."""
    currency_model, state_model, membership_model = (
        apps.get_model("states", name) for name in ("Currency", "State", "Membership")
    )
    facts = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    currencies = {}
    for fact in facts["currency"]:
        currencies[fact["code"]], _ = currency_model.objects.get_or_create(
            code=fact["code"], defaults={"numeric": fact["numeric"], **columns("name", fact["name"])}
        )
    for place, fact in enumerate(facts["state"], start=1):
        state, created = state_model.objects.get_or_create(
            iso2=fact["iso2"],
            defaults={
                **columns("name", fact["name"]),
                **columns("formal_name", fact["formal_name"]),
                **columns("capital", fact["capital"]),
                "tz": fact["tz"],
                "currency": currencies[fact["currency"]],
                "ministry_url": fact.get("ministry_url", ""),
                "position": place * 10,
            },
        )
        if created:
            membership_model.objects.bulk_create(
                membership_model(state=state, until=following and following["since"], **status)
                for status, following in pairwise([*fact["memberships"], None])
            )


def columns(field, texts):
    """``name`` becomes name_ru, name_en, name_zh_hans: modeltranslation reads nothing else."""
    return {f"{field}_{language}": text for language, text in texts.items()}
