/* Panes that do not fit side by side become tabs: one shows, the others are a press or an arrow away. Without it they stand one below the other. */
"use strict";
(() => {
  const holder = document.querySelector("[data-panes]");
  const panes = holder ? [...holder.querySelectorAll("[data-tab]")] : [];
  if (panes.length < 2) return;
  const WIDE = matchMedia("(min-width: 80rem)"), AT_FIRST = 1;
  const names = panes.map((pane) => pane.getAttribute("aria-labelledby"));
  const list = document.createElement("div");
  list.className = "tablist";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", holder.dataset.tabs);

  const tabs = panes.map((pane, at) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.id = `tab-${at + 1}`;
    tab.setAttribute("role", "tab");
    tab.textContent = pane.dataset.tab;
    if (!pane.id) pane.id = `pane-${at + 1}`;
    tab.setAttribute("aria-controls", pane.id);
    tab.addEventListener("click", () => show(at));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: panes.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = (to + panes.length) % panes.length;
      show(next);
      tabs[next].focus();
    });
    list.append(tab);
    return tab;
  });

  function show(chosen) {
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
      panes[at].classList.toggle("tabbed-away", at !== chosen);
    });
  }

  /* Side by side they are no tabs, and say nothing of any. */
  function name() {
    panes.forEach((pane, at) => {
      if (!WIDE.matches) pane.setAttribute("role", "tabpanel");
      else pane.removeAttribute("role");
      const label = WIDE.matches ? names[at] : tabs[at].id;
      if (label) pane.setAttribute("aria-labelledby", label);
      else pane.removeAttribute("aria-labelledby");
    });
  }

  /* A link to something in a pane shows that pane. */
  function follow() {
    const wanted = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const at = wanted ? panes.findIndex((pane) => pane.contains(wanted)) : -1;
    if (at < 0) return;
    show(at);
    if (!WIDE.matches) wanted.scrollIntoView();
  }

  holder.before(list);
  show(AT_FIRST);
  name();
  WIDE.addEventListener("change", name);
  follow();
  addEventListener("hashchange", follow);
})();
