# A newspaper's English, not the American default.
DATE_FORMAT = "j\u00a0F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j\u00a0F Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j\u00a0F"
# What is typed into forms: never the American order, whose days and months could be taken for ours.
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y"]
TYPED_DATE_FORMAT = "d/m/Y"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
FIRST_DAY_OF_WEEK = 1
