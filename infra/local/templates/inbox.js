// Keeps the list fresh without disturbing what is being read: the open message
// is only replaced where the page was asked for the newest one.
const shown = () => [...document.querySelectorAll("#list time")].map((time) => time.dateTime).join();

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = shown();
  const list = document.getElementById("list");
  const fresh = next.getElementById("list");
  const after = [...fresh.querySelectorAll("time")].map((time) => time.dateTime).join();
  if (before === after) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...fresh.childNodes);
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  const open = document.getElementById("open");
  if ("follows" in open.dataset) open.replaceChildren(...next.getElementById("open").childNodes);
  document.title = next.title;
}

setInterval(() => refresh().catch(() => {}), 2000);
document.addEventListener("visibilitychange", () => refresh().catch(() => {}));
