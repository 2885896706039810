# The server, on the Node that its tests ran on. Nothing is built: Node runs the sources. docs/deploy.md says how it is used, and how to pin by digest.
FROM node:26.10.0-bookworm-slim AS libraries
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are Node itself, which the image has already.
RUN npm ci --omit=dev --omit=optional

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production NEXUS_ATTEST_DATA_DIR=/data
WORKDIR /app
COPY --from=libraries /app/node_modules node_modules
COPY package.json nexus-attest LICENSE ./
COPY gen/ts gen/ts
COPY src src
# The first run fills Node's compile cache, which a read-only root file system can be read from only.
RUN ./nexus-attest --help > /dev/null && install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["./nexus-attest", "health", "--timeout", "4s"]
ENTRYPOINT ["./nexus-attest"]
CMD ["serve"]
