from django import forms
from django.utils.translation import gettext_lazy as _

from comments.forms import LineField, LinesField

from .models import ContactMessage


class ContactForm(forms.ModelForm):
    name = LineField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    subject = LineField(label=_("Subject"), max_length=160)  # a mail's header is one line
    text = LinesField(label=_("Message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}))
    website = forms.CharField(required=False, label=_("Leave this field empty"))  # for robots alone

    class Meta:
        model = ContactMessage
        fields = ["name", "email", "subject", "text"]
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
