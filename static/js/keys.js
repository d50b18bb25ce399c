/* Keys of the desk. They move the focus, or follow a link that is on the page: none of them acts, saves or sends. Off in this browser, where somebody
   turned them off; the button stays. A letter is the key of that place on the keyboard, so that it is the same in each layout. */
"use strict";
(() => {
  const box = document.getElementById("keys"), opener = document.querySelector("[data-keys]");
  if (!box || !opener || !box.showModal) return;
  const KEY = "keys", FIELDS = "input, textarea, select, [contenteditable]";
  const choice = box.querySelector("input");

  function isOn() {
    try { return localStorage.getItem(KEY) !== "off"; } catch { return !box.dataset.off; }
  }

  function turn(on) {
    box.dataset.off = on ? "" : "off";
    try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* for this page alone */ }
  }

  function open() {
    choice.checked = isOn();
    box.showModal();
  }

  function follow(selector) {
    const link = [...document.querySelectorAll(selector)].pop();
    if (link) link.click();
  }

  function step(by) {
    const rows = [...document.querySelectorAll("#result_list a.ref, .reqs a")].filter((row) => row.checkVisibility());
    const focused = rows.indexOf(document.activeElement);
    const at = focused < 0 ? rows.findIndex((row) => row.hasAttribute("aria-current")) : focused;
    const next = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) next.focus();
  }

  function part(number) {
    const pane = document.querySelectorAll("[data-tab]")[number - 1], tab = document.getElementById(`tab-${number}`);
    if (!pane) return;
    if (tab && tab.checkVisibility()) tab.click();
    pane.tabIndex = -1;
    pane.focus();
  }

  function search(event) {
    const field = document.querySelector('input[type="search"]');
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  }

  const keys = {
    "?": open,
    "/": search,
    j: () => step(1),
    k: () => step(-1),
    n: () => follow('main a[rel="next"]'),
    p: () => follow('main a[rel="prev"]'),
    u: () => follow(".crumbs a"),
    l: () => follow("#keys a[data-list]"),
    m: () => follow("#keys a[data-note]"),
  };

  function named(event) {
    const { key, code } = event;
    if (key === "?" || key === "/" || /^[a-z1-4]$/.test(key)) return key;
    if (code === "Slash") return event.shiftKey ? "?" : "/";
    return !event.shiftKey && /^Key[A-Z]$/.test(code) && !/^[a-z]$/i.test(key) ? code.slice(3).toLowerCase() : "";
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || event.target.closest?.(FIELDS) || !isOn()) return;
    const name = named(event);
    if (/^[1-4]$/.test(name)) part(Number(name));
    else if (keys[name]) keys[name](event);
  });
  opener.addEventListener("click", open);
  choice.addEventListener("change", () => turn(choice.checked));
  box.querySelector("[data-close]").addEventListener("click", () => box.close());
  opener.hidden = false;
})();
