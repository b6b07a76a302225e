// What plain links can't do: the browser's own sheet, and copying the link.

const section = document.querySelector("[data-share]");

if (section) {
  const { url, title } = section.dataset;
  const status = section.querySelector("[data-share-status]");

  async function share(event) {
    event.preventDefault();
    try {
      await navigator.share({ url, title });
    } catch (error) {
      // The reader closed the sheet, or nothing there can take a link: the plain links stay.
      if (error.name !== "AbortError") section.scrollIntoView();
    }
  }

  if (navigator.share) {
    const native = section.querySelector("[data-share-native]");
    native.parentElement.hidden = false;
    native.addEventListener("click", share);
    document.querySelector("[data-share-open]")?.addEventListener("click", share);
  }

  if (navigator.clipboard) {
    const copy = section.querySelector("[data-share-copy]");
    copy.parentElement.hidden = false;
    copy.addEventListener("click", async () => {
      status.textContent = "";
      try {
        await navigator.clipboard.writeText(url);
        status.textContent = copy.dataset.done;
      } catch {
        status.textContent = `${copy.dataset.failed} ${url}`;
      }
    });
  }
}
