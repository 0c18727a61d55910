import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as forward, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import type { Stage, TestContext } from "./fixtures.js";

const OPENSSL = "openssl";
/** A developer may be without it; where the project is proven, nothing is left out unsaid. */
export const hasOpenssl = spawnSync(OPENSSL, ["version"]).status === 0;
if (!hasOpenssl && process.env.CI === "true")
  throw new Error("openssl is not installed: with CI=true the tests of a subscription's login are not skipped.");
export const OAUTH_TOKEN = "sk-ant-oat01-made-up";

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/**
 * Puts the stage's endpoint where a subscription's login looks for it: behind a proxy that leads every connection to a
 * server of ours, with a certificate in the name of api.anthropic.com.
 *
 * @returns the environment of a user with such a proxy, and where connections were asked for
 */
export async function openSubscription(test: TestContext, stage: Stage) {
  const key = join(stage.home, "key.pem");
  const certificate = join(stage.home, "certificate.pem");
  const name = ["-subj", "/CN=api.anthropic.com", "-addext", "subjectAltName=DNS:api.anthropic.com"];
  const files = ["-keyout", key, "-out", certificate];
  execFileSync(OPENSSL, ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...files, ...name], {
    stdio: "ignore",
  });
  const pass: RequestListener = (incoming, outgoing) => {
    const { method = "GET", url = "/", headers } = incoming;
    const onward = forward(stage.server.url + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, pass);
  const securePort = await portOf(secure);
  const targets: string[] = [];
  const proxy = createServer().on("connect", (incoming, socket) => {
    targets.push(incoming.url ?? "");
    const onward = connect(securePort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) {
      end.on("error", () => {});
      end.on("close", () => [onward, socket].map((each) => each.destroy()));
    }
  });
  const proxyPort = await portOf(proxy);
  test.onTestFinished(async () => {
    for (const server of [proxy, secure]) {
      server.close();
      server.closeAllConnections();
    }
  });
  const { ANTHROPIC_BASE_URL: _, ...own } = stage.environment;
  const environment = {
    ...own,
    CLAUDE_CODE_OAUTH_TOKEN: OAUTH_TOKEN,
    HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
    NODE_EXTRA_CA_CERTS: certificate,
  };
  return { environment, targets };
}
