"""WSGI entry point. The process also drains the callbacks that the services owe to the portal."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.sandbox.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from portal.sandbox.delivery.drain import start_drain  # noqa: E402 -- models need the loaded apps

start_drain()
