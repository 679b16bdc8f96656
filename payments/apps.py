from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from dossiers.national.inbound_calls import on_payment  # noqa: PLC0415 -- models must be loaded first
        from payments.actions.national import book_national  # noqa: PLC0415

        on_payment(book_national)
