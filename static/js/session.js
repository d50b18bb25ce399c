/* Says in time that the session ends, in every window alike. Tells other windows how many seconds are left,
   and nothing else. No page goes anywhere by itself. */
"use strict";
(() => {
  const box = document.getElementById("session");
  if (!box || !box.showModal) return;
  const words = box.dataset, part = (name) => box.querySelector(`[data-session="${name}"]`);
  const title = box.querySelector("h2"), story = document.getElementById("session-story");
  const clock = part("clock"), said = part("said"), cried = part("cried");
  const extendForm = part("extend"), againForm = part("again"), laterButton = part("later"), overLink = part("over");
  const WARN_IDLE = 150, WARN_DAY = 600, ASK_AFTER = 300, KEEP = 30;
  let idleEnd, dayEnd, idleBegan, mode = "", announced = 0, dayPutOff = false, asking = false, kept = false;

  function take(left) {
    const now = Date.now();
    idleEnd = now + left.idle * 1000;
    dayEnd = now + left.day * 1000;
    idleBegan = now;
    kept = false;
  }
  take({ idle: Number(words.idle), day: Number(words.day) });

  const others = "BroadcastChannel" in window ? new BroadcastChannel("kzcustody-session") : null;
  function tell() {
    const now = Date.now();
    if (others) others.postMessage({ idle: Math.round((idleEnd - now) / 1000), day: Math.round((dayEnd - now) / 1000) });
  }
  if (others) {
    others.onmessage = (event) => {
      take(event.data);
      if (mode === "idle" || mode === "over") close();
    };
    tell();
  }

  function show(next) {
    if (mode === next) return;
    mode = next;
    announced = 0;
    title.textContent = words[`${mode}Title`];
    story.textContent = words[`${mode}Story`];
    cried.textContent = said.textContent = clock.textContent = "";
    extendForm.hidden = mode !== "idle";
    againForm.hidden = mode !== "day";
    laterButton.hidden = mode !== "day";
    overLink.hidden = mode !== "over";
    document.dispatchEvent(new Event("kzcustody:keep"));
    if (!box.open) box.showModal();
    const first = { idle: extendForm, day: box, over: overLink }[mode];
    (first === overLink ? first : first.querySelector("form:not([hidden]) button, button:not([hidden])")).focus();
  }

  function close() {
    mode = "";
    if (box.open) box.close();
  }

  async function extend(asked) {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(extendForm.action, { method: "POST", body: new URLSearchParams(new FormData(extendForm)), credentials: "same-origin" });
      if (answer.ok) {
        take(await answer.json());
        tell();
        if (mode === "idle") close();
      } else if (answer.status === 401 && asked) {
        show("over");
      } else if (asked) {
        cried.textContent = words.failed;
      }
    } catch {
      if (asked) cried.textContent = words.failed;
    } finally {
      asking = false;
    }
  }

  function put(seconds) {
    const text = words.left.replace("{time}", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    if (clock.textContent !== text) clock.textContent = text;
    const mark = seconds <= 60 ? 1 : seconds <= 120 ? 2 : 0;
    if (mark && mark !== announced) {
      announced = mark;
      said.textContent = mark === 1 ? words.one : words.two;
    }
  }

  function tick() {
    const now = Date.now();
    const idle = Math.max(0, Math.round((idleEnd - now) / 1000)), day = Math.max(0, Math.round((dayEnd - now) / 1000));
    if (!kept && Math.min(idle, day) <= KEEP) {
      kept = true;
      document.dispatchEvent(new Event("kzcustody:keep"));
    }
    if (!idle || !day) show("over");
    else if (day <= WARN_DAY && day <= idle && !(dayPutOff && day > WARN_IDLE)) show("day");
    else if (idle <= WARN_IDLE && idle < day) show("idle");
    if (mode === "idle") put(idle);
    if (mode === "day") put(day);
  }

  extendForm.addEventListener("submit", (event) => {
    event.preventDefault();
    extend(true);
  });
  laterButton.addEventListener("click", putOff);
  function putOff() {
    dayPutOff = true;
    if (Math.round((dayEnd - Date.now()) / 1000) > WARN_IDLE) close();
  }
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (mode === "idle") extend(true);
    else if (mode === "day") putOff();
  });
  box.addEventListener("close", () => { if (mode) box.showModal(); });

  /* What a person does in the page is activity, though it reaches the service late. */
  for (const kind of ["keydown", "pointerdown", "input"]) {
    addEventListener(kind, () => {
      if (!mode && Date.now() - idleBegan > ASK_AFTER * 1000) {
        idleBegan = Date.now();
        extend(false);
      }
    }, { passive: true });
  }
  document.addEventListener("visibilitychange", tick);
  setInterval(tick, 1000);
  tick();
})();
