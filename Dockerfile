FROM python:3.13-slim AS build
WORKDIR /srv/padstride
COPY requirements.lock .
# The image's own pip installs into the environment, so the environment needs none.
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check --root-user-action ignore \
      --require-hashes --only-binary :all: --requirement requirements.lock
COPY service service
# At run time nothing can be written and no file changes: the bytecode is made now and never checked against its source.
RUN python -m compileall -q --invalidation-mode unchecked-hash service

FROM python:3.13-slim
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Padstride" \
      org.opencontainers.image.description="Questions about convolutional layers, answered over HTTP" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
ENV PADSTRIDE_REVISION=$REVISION \
    PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /srv/padstride
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/padstride/service service
COPY deploy/gunicorn.conf.py deploy/
COPY LICENSE openapi.yaml ./
# A number, because an orchestrator cannot tell from a name that the user is not root.
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-c", "\
import http.client, os, sys\n\
connection = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4)\n\
connection.request('GET', '/healthz')\n\
sys.exit(connection.getresponse().status != 200)"]
CMD ["python", "-m", "service"]
