# syntax=docker/dockerfile:1
# The server, from the lock files with their hashes. See docs/operating.md.
#   docker build -t clusterkg .
#   docker run -p 8000:8000 -v clusterkg:/var/lib/clusterkg --read-only --tmpfs /tmp clusterkg
ARG BASE=docker.io/library/python:3.13-slim-bookworm

# The wheel, built with what requirements/build.txt fixes.
FROM ${BASE} AS wheel
WORKDIR /src
COPY requirements/build.txt requirements/build.txt
RUN python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/build.txt
COPY pyproject.toml LICENSE LICENSE-DATA README.md ./
COPY ontology ontology
COPY shapes shapes
COPY queries queries
COPY data data
COPY src src
RUN python -m hatchling build -t wheel

# What runs: an environment of its own, with nothing but what requirements/server.txt fixes.
FROM ${BASE} AS environment
RUN python -m venv /opt/clusterkg
COPY requirements/server.txt /tmp/server.txt
RUN /opt/clusterkg/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/server.txt
COPY --from=wheel /src/dist/*.whl /tmp/
RUN /opt/clusterkg/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-index --no-deps /tmp/*.whl \
    && /opt/clusterkg/bin/python -m compileall -q /opt/clusterkg/lib \
    && /opt/clusterkg/bin/python -m pip uninstall --yes --quiet pip

FROM ${BASE}
LABEL org.opencontainers.image.title="clusterkg" \
      org.opencontainers.image.description="Knowledge graph and rules engine for clusters: SPARQL, linked data, diagnoses" \
      org.opencontainers.image.licenses="Apache-2.0 AND CC-BY-4.0"
RUN groupadd --system --gid 10001 clusterkg \
    && useradd --system --uid 10001 --gid clusterkg --home-dir /var/lib/clusterkg --shell /usr/sbin/nologin clusterkg \
    && install -d -o clusterkg -g clusterkg -m 0750 /var/lib/clusterkg
COPY --from=environment /opt/clusterkg /opt/clusterkg
ENV PATH=/opt/clusterkg/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CLUSTERKG_HOST=0.0.0.0 \
    CLUSTERKG_PORT=8000 \
    CLUSTERKG_STORE=/var/lib/clusterkg/store \
    CLUSTERKG_CACHE=/var/lib/clusterkg/cache
USER 10001:10001
WORKDIR /var/lib/clusterkg
VOLUME /var/lib/clusterkg
EXPOSE 8000
STOPSIGNAL SIGTERM
# The first start loads the shipped graph before it answers: half a minute on a small machine.
HEALTHCHECK --interval=30s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['CLUSTERKG_PORT'] + '/health/ready', timeout=4)"]
ENTRYPOINT ["clusterkg"]
CMD ["serve", "--shipped"]
