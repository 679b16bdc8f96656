from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "portal.sandbox.messages"
    label = "sandbox_messages"
    default_auto_field = "django.db.models.BigAutoField"
