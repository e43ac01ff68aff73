# The service as an image: `docker build -t oracle-cdc-sqs .`, or `make image`. docs/container.md
# says how it is run. BASE is any image with Python 3.10 or newer as `python`, its venv, and pip.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
# Another index of packages: --build-arg PIP_INDEX_URL=https://...
ARG PIP_INDEX_URL
COPY requirements-build.lock requirements-run.lock requirements-events.lock requirements-monitor.lock /build/
# Whatever is installed has a hash in a lock file. Two packages, which are plain Python, are published
# as source alone: what builds them is installed first, by its hash too, and removed again.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --require-hashes \
        --only-binary :all: --requirement /build/requirements-build.lock \
    && pip --python /venv/bin/python install --no-cache-dir --require-hashes \
        --no-build-isolation --only-binary :all: --no-binary nkeys,pure-sasl \
        --requirement /build/requirements-run.lock \
        --requirement /build/requirements-events.lock \
        --requirement /build/requirements-monitor.lock \
    && pip --python /venv/bin/python uninstall --yes setuptools
WORKDIR /app
COPY cdc_service.py config.py init_oracle_tables.sql init_mariadb_tables.sql ./
COPY oracle_cdc ./oracle_cdc
COPY sync_monitor ./sync_monitor
# Models of tables, for row changes; those that are mounted over them count.
COPY models ./models
# Compiled here, since nothing can be written later; a config.py that is mounted still counts.
# A .env is looked for in /secrets, because a mounted folder shows what is changed there.
RUN /venv/bin/python -m compileall -q --invalidation-mode checked-hash . \
    && mkdir config \
    && ln -s /secrets/.env .env \
    && chmod -R a+rX,go-w .

FROM ${BASE}
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# Standard error has the log, so that no place needs to be written.
ENV LOG_DIR=none
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
STOPSIGNAL SIGTERM
# /livez and /readyz are asked from outside, where HEALTH_PORT and HEALTH_HOST say so.
HEALTHCHECK NONE
ENTRYPOINT ["/venv/bin/python", "/app/cdc_service.py"]
