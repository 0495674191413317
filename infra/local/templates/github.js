// What a site does to sign somebody in: ask for the way to the provider, remember the state,
// and trade what comes back. The state is kept where only this tab finds it.
const oauth = `${document.body.dataset.api}/cfg/accounts/oauth`;
const outcome = document.getElementById("outcome");

async function post(path, body) {
  const answer = await fetch(oauth + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

function show(text, answer) {
  outcome.textContent = text;
  const shown = document.getElementById("answer");
  shown.hidden = answer === undefined;
  shown.textContent = answer === undefined ? "" : JSON.stringify(answer, null, 2);
}

async function depart() {
  const [status, answer] = await post("/github/authorize/", {});
  if (status !== 200) return show(`The sign-in did not begin (${status}).`, answer);
  sessionStorage.setItem("state", answer.state);
  location.assign(answer.authorization_url);
}

async function arrive() {
  const query = new URLSearchParams(location.search);
  const state = query.get("state");
  const error = query.get("error");
  const code = query.get("code");
  // What was spent is no use in the address bar or the history.
  history.replaceState(null, "", location.pathname);
  if (state === null || state !== sessionStorage.getItem("state")) {
    return show("This is not the sign-in that began here.");
  }
  sessionStorage.removeItem("state");
  if (error !== null) return show(`GitHub says: ${error}`);
  const [status, answer] = await post("/github/callback/", { code, state });
  if (status !== 200) return show(`The sign-in failed (${status}).`, answer);
  if (answer.requires_2fa) return show("A second factor is asked for.", answer);
  show(`Signed in as ${answer.user.email}.`, answer);
}

const failed = (error) => show(`The API does not answer: ${error.message}`);
document.getElementById("sign-in").addEventListener("click", () => depart().catch(failed));
if (location.pathname === "/callback" && location.search !== "") arrive().catch(failed);
