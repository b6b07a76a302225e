// "I agree" without leaving the page. Without scripts the same buttons lead to a page that counts and tells.

const form = document.querySelector("[data-votes]");
const said = document.querySelector("[data-votes-said]");

form?.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.matches("[data-vote]")) return;
  event.preventDefault();
  const address = new URL(button.formAction);
  address.searchParams.set("fragment", "1");
  const body = new URLSearchParams(new FormData(form, button));
  said.textContent = "";
  try {
    const response = await fetch(address, { method: "POST", body, credentials: "same-origin" });
    const { number, voted, message, errors } = await response.json();
    if (errors) {
      said.textContent = errors.join(" ");
      return;
    }
    button.querySelector("[data-vote-number]").textContent = number || "";
    button.setAttribute("aria-pressed", String(voted));
    button.value = voted ? "off" : "on";
    said.textContent = message;
  } catch {
    said.textContent = form.dataset.failed;
  }
});
