"""The staff's sign-in form."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _


class StaffSignInForm(LoginForm):  # type: ignore[misc] # the library is untyped
    """User name and password. Which of the two was wrong is not said; too many failures are slowed down by the library."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        name, password = self.fields["login"], self.fields["password"]
        name.label, password.label = _("User name"), _("Password")
        name.error_messages["required"] = _("Enter your user name.")
        password.error_messages["required"] = _("Enter your password.")
        password.help_text = ""
        plain = {"autocapitalize": "none", "spellcheck": "false", "class": "medium"}
        name.widget = forms.TextInput(plain | {"autocomplete": "username"})
        password.widget = forms.PasswordInput({"autocomplete": "current-password", "class": "medium"})

    def clean(self) -> Any:
        """The account, or one message for every cause."""
        self.cleaned_data["remember"] = False
        return super().clean()
