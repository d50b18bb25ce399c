/* Files given one by one: a row for each with its progress, cancel, try again and remove. Without this script the
   form of the page gives the same files at once. Every word is on the page: in data attributes and a template. */

const AT_ONCE = 2;
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
    this.row.querySelector("[data-size]").textContent = size(file.size);
    this.bar.setAttribute("aria-label", `${box.words.uploading} ${file.name}`);
    this.on("cancel", () => this.cancel());
    this.on("retry", () => this.wait());
    this.on("remove", () => this.leave());
    box.rows.append(this.row);
    if (file.isFolder) this.fail(box.words.folder);
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

  send() {
    const { words, running } = this.box;
    if (!navigator.onLine) return this.fail(words.lost);
    running.add(this);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.box.form.elements.csrfmiddlewaretoken.value);
    if (words.replaces) body.append("replaces", words.replaces);
    body.append("files", this.file, this.file.name);
    this.request = new XMLHttpRequest();
    this.request.open("POST", words.url);
    this.request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.bar.value = (100 * event.loaded) / event.total;
    });
    this.request.addEventListener("load", () => this.answered());
    this.request.addEventListener("error", () => this.fail(words.lost));
    this.request.addEventListener("loadend", () => {
      running.delete(this);
      this.box.next();
    });
    this.request.send(body);
  }

  answered() {
    const { status, responseText, responseURL } = this.request;
    const { words } = this.box;
    if (status === 201) return this.taken(responseText);
    if (status === 422) return this.fail(responseText);
    const elsewhere = new URL(responseURL).pathname !== new URL(words.url, location.href).pathname;
    this.fail(words[elsewhere ? "signedOut" : SAID.get(status) || "broken"]);
  }

  taken(html) {
    const { words } = this.box;
    if (words.done) {
      this.box.running.delete(this);
      return location.assign(words.done);
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
    this.request?.abort();
    this.show(box.words.cancelled, "", "");
    this.row.querySelector("[data-act=retry]").focus();
    box.say(this.file.name, box.words.cancelled);
  }

  leave() {
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

function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(Math.floor(Math.log(bytes || 1) / Math.log(1024)), units.length - 1);
  const format = { style: "unit", unit: units[step], unitDisplay: step ? "short" : "long", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(bytes / 1024 ** step);
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
