import type { FastifyReply } from "fastify";
import { type Api, needs } from "../api.js";

/** The one page for whoever is not signed in: no part of the other is told to them. */
const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in - Orchestrator</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/sign-in.css">
<script src="/sign-in.js" defer></script>
</head>
<body>
<main>
<h1>Orchestrator</h1>
<form id="form" hidden>
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required spellcheck="false">
<button type="submit">Sign in</button>
</form>
<p id="message" role="status">Signing in needs JavaScript.</p>
<p class="hint">A new link for this browser: <code>orchestrator token link</code></p>
</main>
</body>
</html>
`;

const CSS = `:root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1a1f27;--dim:#525c6b;--line:#8a94a3;--accent:#0b5cad;--on-accent:#fff;--bad:#a32020}
@media (prefers-color-scheme:dark){:root{--back:#12151a;--card:#1b2027;--text:#e6e9ee;--dim:#a7b0bd;--line:#6d7785;--accent:#6fb1f5;--on-accent:#0c1116;--bad:#ff9b93}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{width:min(26rem,calc(100vw - 2rem));padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
h1{margin:0 0 1rem;font-size:1.25rem}
label{display:block;margin-bottom:.25rem}
input{width:100%;padding:.5rem;font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:.25rem}
button{margin-top:1rem;padding:.5rem 1rem;font:inherit;color:var(--on-accent);background:var(--accent);border:0;border-radius:.25rem;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
p{margin:1rem 0 0}
.hint{color:var(--dim)}
.bad{color:var(--bad)}
code{font-size:.9em}
`;

const SCRIPT = `"use strict";
const form = document.getElementById("form");
const message = document.getElementById("message");
function say(text, isBad) {
  message.textContent = text;
  message.className = isBad ? "bad" : "";
}
async function signIn(body) {
  say("Signing in ...", false);
  try {
    const answer = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.ok) {
      location.replace(location.pathname === "/sign-in" ? "/" : location.pathname + location.search);
      return;
    }
    const problem = await answer.json();
    say(problem.detail + " " + problem.hint, true);
  } catch {
    say("The server cannot be reached. Is it still running?", true);
  }
  form.hidden = false;
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn({ token: new FormData(form).get("token").trim() });
});
const code = location.pathname === "/sign-in" ? location.hash.slice(1) : "";
if (code) {
  history.replaceState(null, "", location.pathname);
  signIn({ code });
} else {
  form.hidden = false;
  say("Give a token, or open the link that the server has printed.", false);
}
`;

/** Sends the page for signing in, in place of what was asked for. */
export function sendSignIn(reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).type("text/html; charset=utf-8").header("cache-control", "no-store").send(HTML);
}

/** The few addresses that anybody may look at. */
export function serveSignIn(api: Api): void {
  const config = needs("anybody");
  const schema = { hide: true };
  api.get("/sign-in", { config, schema }, async (_, reply) => sendSignIn(reply, 200));
  api.get("/sign-in.css", { config, schema }, async (_, reply) => reply.type("text/css; charset=utf-8").send(CSS));
  api.get("/sign-in.js", { config, schema }, async (_, reply) =>
    reply.type("text/javascript; charset=utf-8").send(SCRIPT),
  );
}
