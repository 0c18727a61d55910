# The server in a container. It listens on every address inside, and compose.yaml lets this machine only in.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
# git for the workspaces; bubblewrap and socat for the sandbox of roles that ask for it; procps for ps.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git procps socat \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build --chown=node:node /app /app
RUN ln -s /app/packages/cli/bin/orchestrator.js /usr/local/bin/orchestrator \
  && mkdir /data /work && chown node:node /data /work
USER node
ENV ORCHESTRATOR_HOME=/data
# The data folder: database, logs, workspaces, tokens. Repositories that tasks may work in are mounted below /work.
VOLUME /data
WORKDIR /work
EXPOSE 4720
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4720/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["orchestrator"]
CMD ["serve", "--host", "0.0.0.0", "--no-open", "--directory", "/work"]
