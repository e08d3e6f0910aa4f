# Everything that runs is put together here; the second stage takes the result and no tools.
ARG PYTHON_IMAGE=python:3.12.12-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
COPY requirements-runtime.lock ./
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-input --quiet \
        --disable-pip-version-check --only-binary :all: --require-hashes \
        -r requirements-runtime.lock
# Such as botocore, for logins at AWS MSK: --build-arg EXTRA_PACKAGES=botocore.
ARG EXTRA_PACKAGES=
RUN test -z "$EXTRA_PACKAGES" || python -m pip --python /opt/venv/bin/python install \
        --no-cache-dir --no-input --quiet --disable-pip-version-check --only-binary :all: \
        $EXTRA_PACKAGES
COPY assets ./assets
COPY dash_app ./dash_app
COPY ops/healthcheck.py ops/sbom.cdx.json ./ops/
# The file system is read-only later: what Python would cache is made now.
RUN python -m compileall -q dash_app && mkdir var

FROM ${PYTHON_IMAGE}
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8050 \
    CLICKS_DB=/app/var/clicks.sqlite3
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# Only the volume belongs to the user that runs the program.
COPY --from=build --chown=10001:10001 /app/var /app/var
USER 10001:10001
VOLUME /app/var
EXPOSE 8050
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "ops/healthcheck.py"]
CMD ["python", "-m", "dash_app"]
