# The portal as an image: web, worker, beat and migrate are this one, each with a command of its own (docker-compose.yml).
# Every package comes from uv.lock and must have the hash that stands there. The base image is pinned by tag; to pin it by
# digest as well: docker build --build-arg BASE=python:3.13-slim-bookworm@sha256:… .
ARG BASE=python:3.13-slim-bookworm

# --- Builder: what the final image does not need is left behind here ---
FROM ${BASE} AS builder
RUN printf '%s\n' 'uv==0.13.9' \
        '--hash=sha256:d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19' \
        '--hash=sha256:ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375' \
        | tr '\n' ' ' > /tmp/uv.txt \
    && python -m pip install --no-cache-dir --root-user-action ignore --require-hashes --requirement /tmp/uv.txt
WORKDIR /app
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PROJECT_ENVIRONMENT=/app/.venv
COPY pyproject.toml uv.lock .python-version ./
RUN uv sync --locked --no-dev --quiet --compile-bytecode
COPY . .
# No real secret is needed to gather the static files, and none is kept: these are for this line alone.
RUN SECRET_KEY=build BASE_URL=https://build.example DATABASE_URL=postgresql://build REDIS_URL=redis://build \
    SMTP_URL=smtp://build STATIC_ROOT=/app/collected /app/.venv/bin/python manage.py collectstatic --noinput --verbosity 0
RUN /app/.venv/bin/python -m compileall -q --invalidation-mode unchecked-hash -x '[.]venv' /app \
    && chmod --recursive a+rX,go-w /app

# --- Final: Python, the packages, the portal; no compiler, no uv, no pip ---
FROM ${BASE}
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip \
    && groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install --directory --owner 10001 --group 10001 /media
WORKDIR /app
COPY --from=builder /app /app
# The bytecode is there already; nothing writes below /app. Uploads go to /media, what lasts for a moment to /tmp.
# One heap of memory for the threads of a process, which take turns anyway, and not one for each; and what lies free at
# its end goes back, however much was asked for once.
ENV MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/app/collected MEDIA_ROOT=/media
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 \
    CMD ["python", "-I", "kenniskring/healthy.py", "web"]
CMD ["gunicorn", "kenniskring.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
