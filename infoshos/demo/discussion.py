"""The demonstration's comments and typo reports."""


def load_comments(facts, articles):
    pass


def load_typos(facts, articles):
    pass
