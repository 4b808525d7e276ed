FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --create-home --home-dir /home/reviewhub reviewhub \
 && install --directory --owner=reviewhub --group=reviewhub /app /data
WORKDIR /app

COPY requirements.txt .
RUN pip install --require-hashes --requirement requirements.txt

COPY --chown=reviewhub:reviewhub . .
USER reviewhub
# Collecting needs settings that are whole, not ones that are true: nothing of these stays in the image.
RUN REVIEWHUB_MODE=production SECRET_KEY=only-for-collecting-static-files-never-used-to-serve-anything \
    DATABASE_URL=postgres://none REDIS_URL=redis://none PUBLIC_URL=https://none.invalid \
    python manage.py collectstatic --no-input --verbosity 0

EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["scripts/process", "web"]
