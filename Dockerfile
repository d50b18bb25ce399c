# The image of web, worker, beat and release: the packages of base.lock only, no embedded servers, no root.
FROM python:3.11-slim-bookworm AS packages
COPY requirements/base.lock /tmp/base.lock
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/srv/static
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/kzcustody
COPY . .
RUN python -m kzcustody_site.embedded.translations \
 && python -m compileall -q documents/contents \
 && python manage.py collectstatic --no-input -v 0 \
 && useradd --system --no-create-home kzcustody \
 && install -d -o kzcustody /srv/anchors /srv/documents
USER kzcustody
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "kzcustody_site.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
