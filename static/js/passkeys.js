/* Shows what needs passkeys where the browser has them, and says so when one was not made or not shown. */
"use strict";
(() => {
  const can = Boolean(window.PublicKeyCredential && navigator.credentials);
  for (const part of document.querySelectorAll("[data-passkeys]")) part.hidden = (part.dataset.passkeys === "can") !== can;
  for (const form of document.querySelectorAll("[data-passkeys-form]")) {
    const button = "passkey_button", credential = form.elements.credential.id;
    const ids = { add: button, login: button, authenticate: button, credential, passwordless: "id_passwordless", data: "js_data" };
    window.allauth.webauthn.forms[form.dataset.passkeysForm]({ ids });
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const problem = document.querySelector("[data-passkeys-problem]");
    problem.hidden = false;
    problem.textContent = problem.dataset.passkeysProblem;
  });
})();
