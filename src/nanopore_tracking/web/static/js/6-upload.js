// A file is sent as it is, with its progress; the page follows where the answer points.
(() => {
  const send = (form, file) => {
    const bar = np.one("progress", form), line = np.one(".sent", form), button = np.one("button.primary", form);
    const request = new XMLHttpRequest();
    button.disabled = true;
    bar.hidden = false;
    line.textContent = `Sending ${file.name}`;
    request.upload.addEventListener("progress", event => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    const failed = (words, small) => {
      button.disabled = false;
      bar.hidden = true;
      line.textContent = "";
      np.say(words, "failed", small);
    };
    request.addEventListener("error", () => failed("Not sent: the server cannot be reached, or it refused the file before it was whole. Nothing was kept.", ""));
    request.addEventListener("load", () => {
      if (request.status === 401) { failed("Not sent: your session has ended.", ""); return np.signIn(); }
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* not data */ }
      if (request.status !== 200) return failed(said.title || `Not taken: the server answered ${request.status}. Nothing was kept.`, said.request_id || "");
      location.href = said.path;
    });
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-Csrf", document.body.dataset.csrf);
    request.setRequestHeader("X-Key", crypto.randomUUID?.() || form.elements.idempotency_key.value);
    request.setRequestHeader("X-Filename", encodeURIComponent(file.name));
    request.setRequestHeader("X-Project", form.elements.project_id.value);
    if (form.elements.as_form?.checked) request.setRequestHeader("X-As-Form", "1");
    request.send(file);
  };
  document.addEventListener("submit", event => {
    const form = event.target.closest("form[data-upload]");
    if (!form) return;
    event.preventDefault();
    const file = form.elements.file.files[0];
    if (!file) return np.say("Choose a file first.", "failed");
    send(form, file);
  });
  document.addEventListener("dragover", event => {
    if (event.target.closest?.(".drop")) event.preventDefault();
  });
  document.addEventListener("drop", event => {
    const drop = event.target.closest?.(".drop");
    if (!drop) return;
    event.preventDefault();
    const form = drop.closest("form");
    form.elements.file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  // A reading ends on another page, which is gone to and not morphed in; one question at a time.
  let asking = false;
  const follow = async () => {
    if (asking || document.hidden || !np.one("#reading[data-busy]")) return;
    asking = true;
    await np.part(location.pathname, "#reading").finally(() => { asking = false; });
  };
  setInterval(follow, 700);
  document.addEventListener("htmx:before:swap", event => {
    const { response, target } = event.detail.ctx;
    if (target?.id !== "reading" || !response.raw.redirected) return;
    event.preventDefault();
    location.href = response.raw.url;
  });
})();
