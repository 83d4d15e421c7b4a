// A text file that is chosen goes into the field that is named, where it can be looked at before it is sent.
document.addEventListener("change", async event => {
  const input = event.target, file = input.files?.[0];
  if (!file || !input.dataset.into) return;
  const field = np.one(input.dataset.into);
  if (file.size > 900000) return np.say("This file has more than 900 KB, which is too much for a sheet. Nothing was read.", "failed");
  field.value = await file.text();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
