/** What a browser gets: the page, and before that the way to sign in. */
export { servePage } from "./serve-page.js";
export { sendSignIn, serveSignIn } from "./sign-in.js";
