// Sends chosen files one after the other. What becomes of them shows in their cards.
"use strict";
const sendFiles = async (field) => {
  const files = [...field.files];
  field.value = "";
  for (const file of files) {
    if (file.size > UPLOAD.bytes) {
      emitEvent("too_large", file.name.slice(-255));
      continue;
    }
    try {
      const answer = await fetch(UPLOAD.url, {
        method: "POST",
        body: file,
        headers: { "X-File-Name": encodeURIComponent(file.name.slice(-255)) },
      });
      if (answer.status === 200) {
        const { refused } = await answer.json();
        if (refused) emitEvent("not_taken", refused);
      }
    } catch {
      emitEvent("not_taken", `${file.name}: the connection was lost while it was sent.`);
    }
  }
};
