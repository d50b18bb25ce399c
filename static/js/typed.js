/* Keeps what is typed on the server while one types. The words come from the page; nothing is stored here. */
"use strict";
(() => {
  const mark = document.querySelector('input[name="typed_mark"]');
  if (!mark) return;
  const form = mark.form, words = mark.dataset;
  const said = form.querySelector('[data-typed="said"]'), cried = form.querySelector('[data-typed="cried"]');
  const PAUSE = 3000, AT_LEAST_EVERY = 15000, LONGEST_WAIT = 60000;
  let dirty = false, leaving = false, sending = null, timer = 0, since = 0, failures = 0;

  function fields() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    return body;
  }

  function say(polite, assertive) {
    if (said && said.textContent !== polite) said.textContent = polite;
    if (cried && cried.textContent !== assertive) cried.textContent = assertive;
  }

  function ended() {
    say("", words.ended + " ");
    const link = document.createElement("a");
    link.href = words.signInUrl;
    link.textContent = words.signIn;
    if (cried) cried.append(link);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  function typing(event) {
    if (event.target.form !== form || event.target.type === "file") return;
    if (!dirty) since = Date.now();
    dirty = true;
    if (!failures) later(Math.max(0, Math.min(PAUSE, since + AT_LEAST_EVERY - Date.now())));
  }

  function failed() {
    dirty = true;
    failures += 1;
    say("", words.again);
    later(Math.min(LONGEST_WAIT, 1000 * 2 ** failures));
  }

  async function send() {
    if (leaving || sending || !dirty) return;
    dirty = false;
    sending = new AbortController();
    const late = setTimeout(() => sending && sending.abort(), 20000);
    try {
      const answer = await fetch(words.keep, { method: "POST", body: fields(), credentials: "same-origin", signal: sending.signal });
      if (answer.ok) {
        failures = 0;
        say(words.saved.replace("{time}", (await answer.json()).at), "");
      } else if (answer.status === 401) {
        failures = 0;
        ended();
      } else if (answer.status === 413) {
        failures = 0;
        say("", words.tooLong);
      } else if (answer.status === 404) {
        failures = 0;
        say("", words.cannot);
      } else {
        failed();
      }
    } catch {
      if (!leaving) failed();
    } finally {
      clearTimeout(late);
      sending = null;
    }
    if (dirty && !failures) {
      since = Date.now();
      later(PAUSE);
    }
  }

  form.addEventListener("input", typing);
  form.addEventListener("change", typing);
  /* A press of a button sends the form itself: nothing may arrive after it. */
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    if (sending) sending.abort();
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("online", () => { if (dirty) later(0); });
  addEventListener("pagehide", () => {
    if ((dirty || sending) && !leaving) navigator.sendBeacon(words.keep, fields());
  });
  document.addEventListener("kzcustody:keep", () => { if (dirty) send(); });
  if ("dirty" in words) { dirty = true; since = Date.now(); later(PAUSE); }
})();
