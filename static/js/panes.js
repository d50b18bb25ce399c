/* Panes side by side are made wider and narrower, by pointer and by keyboard. Without it they keep the widths of the sheet. */
"use strict";
(() => {
  const holder = document.querySelector("[data-panes]");
  if (!holder) return;
  const KEY = "panes", STEP = 2, LEAST = 14, MOST = 60;
  const panes = [...holder.querySelectorAll(":scope > :is(section, div)")];
  let widths = [22, 46];

  function remembered() {
    try {
      const found = JSON.parse(localStorage.getItem(KEY));
      if (Array.isArray(found) && found.length === 2 && found.every(Number.isFinite)) widths = fit(found, 0);
    } catch { /* as the sheet has it */ }
  }

  function fit(wanted, moved) {
    const other = 1 - moved, kept = [...wanted];
    const most = Math.min(MOST, 100 - LEAST - kept[other]);
    kept[moved] = Math.round(Math.max(LEAST, Math.min(most, kept[moved])));
    return kept;
  }

  function show() {
    holder.style.setProperty("--first", `${widths[0]}fr`);
    holder.style.setProperty("--second", `${widths[1]}fr`);
    holder.style.setProperty("--third", `${100 - widths[0] - widths[1]}fr`);
    grips.forEach((grip, at) => grip.setAttribute("aria-valuenow", String(widths[at])));
  }

  function set(at, width) {
    const wanted = [...widths];
    wanted[at] = width;
    widths = fit(wanted, at);
    show();
    try { localStorage.setItem(KEY, JSON.stringify(widths)); } catch { /* for this page alone */ }
  }

  function grip(at) {
    const made = document.createElement("div");
    const name = panes[at].querySelector("h2");
    made.className = "grip";
    made.tabIndex = 0;
    made.setAttribute("role", "separator");
    made.setAttribute("aria-orientation", "vertical");
    made.setAttribute("aria-label", `${holder.dataset.grip}: ${name ? name.textContent : at + 1}`);
    made.setAttribute("aria-valuemin", String(LEAST));
    made.setAttribute("aria-valuemax", String(MOST));
    made.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -100, End: 100 }[event.key];
      if (!by) return;
      event.preventDefault();
      set(at, widths[at] + by);
    });
    made.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      made.focus();
      made.setPointerCapture(event.pointerId);
      const from = event.clientX, was = widths[at], whole = holder.clientWidth;
      const move = (now) => set(at, was + ((now.clientX - from) * 100) / whole);
      made.addEventListener("pointermove", move);
      made.addEventListener("pointerup", () => made.removeEventListener("pointermove", move), { once: true });
      made.addEventListener("pointercancel", () => made.removeEventListener("pointermove", move), { once: true });
    });
    panes[at].after(made);
    return made;
  }

  const current = panes[0].querySelector(".reqs [aria-current]"), list = current && current.closest("[tabindex]");
  if (list) list.scrollTop += current.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 3;
  const grips = [0, 1].map(grip);
  holder.classList.add("panes--grips");
  remembered();
  show();
})();
