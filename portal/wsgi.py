"""The WSGI entry point: `granian --interface wsgi portal.wsgi:application`, or the same with gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DATABASE_ROLE", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
