/* Passkeys (WebAuthn): what a form with data-passkey does before it is sent. "make" and "show" find their options in
   #passkey-options; "login" asks them of the address that it is sent to. Without JavaScript such a form stays hidden. */
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  async function options(form) {
    if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById("passkey-options").textContent).publicKey;
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options.publicKey;
  }

  async function make(asked) {
    return navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: known(asked.excludeCredentials),
        // Always one with which one can log in without a password.
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      },
    });
  }

  async function show(asked) {
    return navigator.credentials.get({
      publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) },
    });
  }

  function written(credential) {
    const { response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const said = parts.filter((part) => response[part]).map((part) => [part, text(response[part])]);
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: Object.fromEntries(said),
    });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) break;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      failed.hidden = true;
      try {
        const asked = await options(form);
        form.elements.credential.value = written(await (form.dataset.passkey === "make" ? make(asked) : show(asked)));
        form.submit();
      } catch (error) {
        failed.hidden = false;
        console.warn(error);
      }
    });
  }
})();
