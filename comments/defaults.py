"""With what a fresh portal begins: reasons for rejections and rules for holding. What is there stays as people left it."""

REASONS = [
    (
        ("Не по теме", "Комментарий не относится к теме статьи."),
        ("Off topic", "The comment is not about the subject of the article."),
        ("与主题无关", "评论与文章主题无关。"),
    ),
    (
        ("Оскорбление", "В комментарии есть оскорбления. Спорьте с мыслями, а не с людьми."),
        ("Insult", "The comment insults somebody. Please argue with what was said, not with people."),
        ("侮辱他人", "评论含有侮辱性内容。请就事论事，不要针对个人。"),
    ),
    (
        ("Реклама", "Комментарий содержит рекламу."),
        ("Advertising", "The comment advertises something."),
        ("广告", "评论含有广告内容。"),
    ),
    (
        ("Непонятно", "Мы не смогли понять, что вы хотели сказать. Напишите, пожалуйста, яснее и на языке страницы."),
        (
            "Unclear",
            "We could not understand what you wanted to say. Please write it more clearly, in the page’s language.",
        ),
        ("表述不清", "我们未能理解您的意思。请用本页面的语言更清楚地表述。"),
    ),
    (
        ("Личные данные", "В комментарии есть чьи-то личные данные: адрес, телефон, документы."),
        ("Personal data", "The comment holds somebody’s personal data: an address, a telephone number, documents."),
        ("个人信息", "评论含有他人的个人信息，例如地址、电话或证件。"),
    ),
]
RULES = [
    {"kind": "links", "number": 0},
    {"kind": "script"},
    {"kind": "flood", "number": 5},
    {"kind": "repeat", "number": 30},
    {"kind": "filter", "number": 90},
    {
        "kind": "words",
        "language": "ru",
        "words": "казино, ставки на спорт, лёгкие деньги, быстрый заработок, займ онлайн",
    },
    {"kind": "words", "language": "en", "words": "casino, sports betting, easy money, payday loan"},
    {"kind": "words", "language": "zh-hans", "words": "赌场, 代开发票, 加微信, 网络兼职"},
]


def load(apps):
    """``apps`` is a registry of models: the project's own or that of a migration."""
    reason_model, rule_model = apps.get_model("comments", "RejectionReason"), apps.get_model("comments", "HoldingRule")
    if not reason_model.objects.exists():
        reason_model.objects.bulk_create(
            reason_model(
                position=place * 10,
                **{
                    f"{field}_{column}": text
                    for column, texts in zip(("ru", "en", "zh_hans"), reason, strict=True)
                    for field, text in zip(("name", "text"), texts, strict=True)
                },
            )
            for place, reason in enumerate(REASONS, start=1)
        )
    if not rule_model.objects.exists():
        rule_model.objects.bulk_create(rule_model(**rule) for rule in RULES)
