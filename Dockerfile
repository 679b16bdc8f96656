# One image for web, workers, dispatcher, beat and the one-shot migration; the command decides.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements/base.lock requirements/base.lock
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.lock

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* && useradd --system --uid 10001 --create-home portal
WORKDIR /app
COPY --from=build /venv /venv
COPY --chown=portal . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=portal.settings \
    STATIC_ROOT=/srv/motcua/static MEDIA_ROOT=/srv/motcua/media SEALS_DIR=/srv/motcua/seals
RUN mkdir -p /srv/motcua/static /srv/motcua/media /srv/motcua/seals .local && chown -R portal /srv/motcua .local
USER portal
# Fonts and icons: pages get them as static files, but papers are set by any worker, which looks for them here.
RUN python manage.py build_assets && rm -f .local/secret_key
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "2", "--no-ws", "portal.wsgi:application"]
