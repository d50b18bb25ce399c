/* Files given one by one: a row for each with its progress, cancel, try again and remove. Without this script the
   form of the page gives the same files at once. Every word is on the page: in data attributes and a template. */

const AT_ONCE = 2;
const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds, before what a line broke off goes on by itself
const SAID = new Map([[401, "signedOut"], [403, "refused"], [404, "refused"], [413, "tooBig"], [429, "busy"]]);

class Box {
  constructor(element) {
    this.element = element;
    this.words = element.dataset;
    this.input = element.querySelector("input[type=file]");
    this.drop = element.querySelector(".drop");
    this.rows = element.querySelector("[data-rows]");
    this.live = element.querySelector("[data-live]");
    this.blank = element.querySelector("template");
    this.waiting = [];
    this.running = new Set();
    this.note = element.querySelector("[data-note]");
    this.form = element.closest("form");
    for (const one of this.form.querySelectorAll("[data-without-script]")) one.hidden = true;
    for (const one of element.querySelectorAll("[data-with-script]")) one.hidden = false;
    element.classList.add("files--live");
    this.input.addEventListener("change", () => {
      this.take([...this.input.files]);
      this.input.value = ""; // given here already: saving the form must not give them again
    });
    for (const name of ["dragenter", "dragover"]) {
      this.drop.addEventListener(name, () => this.drop.classList.add("drop--over"));
    }
    this.drop.addEventListener("dragleave", (event) => {
      if (!this.drop.contains(event.relatedTarget)) this.drop.classList.remove("drop--over");
    });
    this.drop.addEventListener("drop", (event) => {
      this.drop.classList.remove("drop--over");
      this.take(dropped(event.dataTransfer));
    });
  }

  take(files) {
    for (const file of this.input.multiple ? files : files.slice(0, 1)) new Upload(this, file);
    this.next();
  }

  next() {
    while (this.running.size < AT_ONCE && this.waiting.length) this.waiting.shift().send();
    sendOnceDone(this.form);
  }

  takes(name) {
    return this.input.accept.split(",").some((ending) => name.toLowerCase().endsWith(ending));
  }

  get busy() {
    return this.running.size + this.waiting.length > 0;
  }

  say(name, word) {
    this.live.textContent = `${name}: ${word}`;
  }
}

class Upload {
  constructor(box, file) {
    this.box = box;
    this.file = file;
    this.row = box.blank.content.firstElementChild.cloneNode(true);
    this.bar = this.row.querySelector("progress");
    this.problem = this.row.querySelector("[data-problem]");
    for (const one of this.row.querySelectorAll("[data-name]")) one.textContent = ` ${file.name}`;
    this.row.querySelector("[data-size]").textContent = size(file.size, box.words);
    this.bar.setAttribute("aria-label", `${box.words.uploading} ${file.name}`);
    this.on("cancel", () => this.cancel());
    this.on("retry", () => this.wait());
    this.on("remove", () => this.leave());
    box.rows.append(this.row);
    if (file.isFolder) this.fail(box.words.folder);
    else if (!box.takes(file.name)) this.fail(box.words.wrongKind);
    else if (!file.size) this.fail(box.words.empty);
    else if (file.size > Number(box.words.most)) this.fail(box.words.tooBig);
    else this.wait();
  }

  on(act, then) {
    this.row.querySelector(`[data-act=${act}]`).addEventListener("click", () => {
      then();
      this.box.next();
    });
  }

  wait() {
    this.show(this.box.words.uploading, "work", "");
    this.bar.value = 0;
    this.box.waiting.push(this);
    this.box.say(this.file.name, this.box.words.uploading);
  }

  async send() {
    const { running } = this.box;
    running.add(this);
    this.stopped = false;
    try {
      await (this.file.size > Number(this.box.words.piece) ? this.inPieces() : this.whole());
    } finally {
      running.delete(this);
      this.box.next();
    }
  }

  async whole() {
    const { lost } = this.box.words;
    if (!navigator.onLine) return this.fail(lost);
    const answer = await this.ask({}, this.file);
    if (answer.status) this.answered(answer);
    else if (!this.stopped) this.fail(lost);
  }

  /* The service says how much it has. A line that drops, or a service that fails, is waited for, and the file goes
     on from there. */
  async inPieces() {
    const { name, size, type, lastModified } = this.file;
    const announced = { name, size, declared_type: type, mark: lastModified };
    let pauses = [...PAUSES];
    let stands = null;
    let most = 0;
    while (!this.stopped) {
      const answer = await this.ask(...this.turn(stands, announced));
      if (this.stopped) return;
      if (answer.status === 200) {
        stands = { ...stands, ...JSON.parse(answer.text) };
        this.incoming = stands.incoming;
        if (stands.came > most) pauses = [...PAUSES]; // that it answers is no progress yet
        most = Math.max(most, stands.came);
      } else if (answer.status && answer.status !== 409 && answer.status < 500) {
        return this.answered(answer);
      } else {
        if (!pauses.length) return this.fail(this.box.words.lostPart);
        await this.pause(pauses.shift());
        stands = null; // asked anew: the last piece may have come, and its answer not
      }
    }
  }

  turn(stands, announced) {
    if (!stands) return [announced];
    const { incoming, came } = stands;
    if (came >= this.file.size) return [{ incoming }];
    const piece = this.file.slice(came, came + Number(this.box.words.piece));
    return [{ incoming, at: came }, piece, came];
  }

  async pause(seconds) {
    this.box.say(this.file.name, this.box.words.waiting);
    this.row.querySelector("[data-tag]").textContent = this.box.words.waiting;
    await new Promise((done) => {
      this.goOn = done;
      setTimeout(done, seconds * 1000);
      window.addEventListener("online", done, { once: true });
    });
    if (!this.stopped) this.row.querySelector("[data-tag]").textContent = this.box.words.uploading;
  }

  /* What the service answers to these fields, with a file, or as the address of a piece; status 0 where nothing
     came back. ``place`` is where to go on, if it says so. */
  ask(fields, content = null, before = 0) {
    const isPiece = "at" in fields;
    this.request = new XMLHttpRequest();
    this.request.open("POST", this.box.words.url + (isPiece ? `?${new URLSearchParams(fields)}` : ""));
    this.request.setRequestHeader("X-CSRFToken", this.box.form.elements.csrfmiddlewaretoken.value);
    if (isPiece) this.request.setRequestHeader("Content-Type", "application/octet-stream");
    this.request.upload.addEventListener("progress", (event) => {
      if (content) this.bar.value = (100 * (before + event.loaded)) / this.file.size;
    });
    return new Promise((done) => {
      this.request.addEventListener("loadend", ({ target }) => {
        const place = target.getResponseHeader("Location");
        done({ status: target.status, text: target.responseText, url: target.responseURL, place });
      });
      this.request.send(isPiece ? content : this.filled(fields, content));
    });
  }

  filled(fields, file) {
    const body = new FormData();
    if (this.box.words.replaces) body.append("replaces", this.box.words.replaces);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    if (file) body.append("files", file, this.file.name);
    return body;
  }

  answered({ status, text, url, place }) {
    const { words } = this.box;
    if (status === 201) return this.taken(text, place);
    if (status === 422) return this.fail(text);
    const elsewhere = new URL(url).pathname !== new URL(words.url, location.href).pathname;
    this.fail(words[elsewhere ? "signedOut" : SAID.get(status) || "broken"]);
  }

  taken(html, place) {
    const { words } = this.box;
    if (words.done) {
      this.box.running.delete(this);
      return location.assign(place || words.done);
    }
    const had = this.row.contains(document.activeElement);
    const holder = document.createElement("template");
    holder.innerHTML = html; // made by our own page, every name in it escaped
    const row = holder.content.querySelector(".file");
    this.row.replaceWith(row);
    window.htmx?.process(row);
    if (had) row.querySelector(".acts a, a, button")?.focus();
    this.box.live.textContent = `${words.taken}. ${row.dataset.said}`;
  }

  fail(problem) {
    putOff(this.box.form, null); // what was pressed meanwhile is pressed again, once this is read
    this.show(this.box.words.failed, "bad", problem);
    this.box.say(this.file.name, problem);
  }

  cancel() {
    const { box } = this;
    box.waiting = box.waiting.filter((one) => one !== this);
    this.stopped = true;
    this.request?.abort();
    this.goOn?.();
    this.forget();
    this.show(box.words.cancelled, "", "");
    this.row.querySelector("[data-act=retry]").focus();
    box.say(this.file.name, box.words.cancelled);
  }

  /* What came of it is not kept: who cancels wants it gone. */
  async forget() {
    const { incoming } = this;
    this.incoming = null;
    if (incoming) await this.ask({ incoming, forget: 1 });
  }

  leave() {
    this.forget();
    this.row.remove();
    this.box.input.focus();
    this.box.say(this.file.name, this.box.words.gone);
  }

  show(word, kind, problem) {
    const goes = kind === "work";
    const tag = this.row.querySelector("[data-tag]");
    const had = this.row.contains(document.activeElement);
    tag.textContent = word;
    tag.className = kind ? `tag tag--${kind}` : "tag";
    this.bar.hidden = !goes;
    this.problem.textContent = problem;
    this.problem.hidden = !problem;
    this.row.querySelector("[data-act=cancel]").hidden = !goes;
    for (const act of ["retry", "remove"]) this.row.querySelector(`[data-act=${act}]`).hidden = goes;
    if (had) this.row.querySelector(goes ? "[data-act=cancel]" : "[data-act=retry]").focus();
  }
}

function dropped(transfer) {
  return [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => {
      const file = item.getAsFile();
      if (item.webkitGetAsEntry?.()?.isDirectory) file.isFolder = true;
      return file;
    });
}

/* As the service writes it: look/words.py. */
function size(bytes, { units, point }) {
  if (!bytes) return "";
  const step = [1, 2].find((one) => bytes < 1024 ** (one + 1)) ?? 3;
  const value = Math.max(bytes / 1024 ** step, 0.1).toFixed(1).replace(/\.0$/, "");
  return `${value.replace(".", point)}\u00a0${units.split(" ")[step - 1]}`;
}

/* A form that is sent while its files are on their way goes once they are there. */
const pressed = new Map();

function putOff(form, button) {
  if (button) pressed.set(form, button);
  else pressed.delete(form);
  for (const box of boxes) if (box.form === form) box.note.hidden = !button;
}

function sendOnceDone(form) {
  const button = pressed.get(form);
  if (!button || boxes.some((box) => box.form === form && box.busy)) return;
  putOff(form, null);
  form.requestSubmit(button);
}

window.addEventListener(
  "submit",
  (event) => {
    if (!event.submitter || !boxes.some((box) => box.form === event.target && box.busy)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    putOff(event.target, event.submitter);
  },
  true,
);

const boxes = [...document.querySelectorAll("[data-files]")].map((element) => new Box(element));

/* A file dropped beside the box would open in place of the page, and take with it what is typed. */
for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());

window.addEventListener("beforeunload", (event) => {
  if (boxes.some((box) => box.busy)) event.preventDefault();
});

/* The page has asked how a virus check went: say it, in the box that the file is in. */
document.body.addEventListener("htmx:load", (event) => {
  const row = event.detail.elt;
  const box = boxes.find((one) => one.rows.contains(row));
  if (box && row.dataset.said) box.live.textContent = row.dataset.said;
});
