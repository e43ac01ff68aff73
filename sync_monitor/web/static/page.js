// Refreshes marked parts in place, copies SQL, changes the theme. Without it the page shows all the same.
"use strict";
const root = document.documentElement;
const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const theme = () => root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
if (remembered()) root.dataset.theme = remembered();

document.addEventListener("DOMContentLoaded", () => {
  let period = Number(document.body.dataset.refresh || 0);
  const pause = document.getElementById("pause");
  const change = document.getElementById("theme");
  const gone = document.getElementById("gone");
  let left = period, paused = false, etag = null, busy = false;

  const showTheme = () => { change.textContent = theme() === "dark" ? "Light" : "Dark"; };
  change.hidden = false;
  showTheme();
  change.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* it lasts until the page is left */ }
    showTheme();
  });

  const showCopies = () => { for (const button of document.querySelectorAll(".copy")) button.hidden = false; };
  showCopies();
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const source = document.getElementById(button.dataset.for);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });

  // What a person has opened, scrolled or is at stays as it is.
  const replace = (old, fresh) => {
    const open = new Map([...old.querySelectorAll("details[id]")].map((each) => [each.id, each.open]));
    const scrolled = [...old.querySelectorAll(".scroll, pre")].map((each) => [each.scrollLeft, each.scrollTop]);
    const path = [];
    for (let at = document.activeElement; at && at !== old && old.contains(at); at = at.parentElement) {
      path.unshift([...at.parentElement.children].indexOf(at));
    }
    old.innerHTML = fresh.innerHTML;
    for (const each of old.querySelectorAll("details[id]")) if (open.has(each.id)) each.open = open.get(each.id);
    [...old.querySelectorAll(".scroll, pre")].forEach((each, at) => {
      if (scrolled[at]) [each.scrollLeft, each.scrollTop] = scrolled[at];
    });
    if (path.length) path.reduce((at, index) => at?.children[index], old)?.focus({ preventScroll: true });
  };

  const refresh = async () => {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      gone.hidden = answer.ok || answer.status === 304;
      if (answer.redirected) location.reload();
      if (answer.ok) {
        etag = answer.headers.get("ETag");
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.title = fresh.title;
        left = period = Number(fresh.body.dataset.refresh || period);
        for (const part of document.querySelectorAll("[data-live]")) {
          const other = fresh.getElementById(part.id);
          if (other && other.innerHTML !== part.innerHTML) replace(part, other);
        }
        showCopies();
      }
    } catch { gone.hidden = false; }
    busy = false;
  };

  if (!period) return;
  const show = () => { pause.innerHTML = paused ? "Refresh paused" : `Refresh in <b>${left}</b> s`; };
  pause.hidden = false;
  pause.addEventListener("click", () => { paused = !paused; pause.setAttribute("aria-pressed", String(paused)); show(); });
  setInterval(() => {
    if (paused || document.hidden) return;
    left -= 1;
    if (left <= 0) { left = period; refresh(); }
    show();
  }, 1000);
  document.addEventListener("refresh", refresh);
});
