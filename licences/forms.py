"""What a decision maker writes when acting on a licence."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ActForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Kept in the record; not shown to the public."),
    )
    public_note = forms.CharField(
        label=_("Note for the register"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown to everybody beside the change. Leave it empty to show the change alone."),
    )


class SurrenderForm(ActForm):
    proof_of_return = forms.CharField(
        label=_("Proof that client assets were returned"),
        max_length=1000,
        help_text=_("Name the document or report that shows it."),
    )
