// The clock on the screen: Belgian time by the server's clock, since a computer in a meeting room may stand anywhere.
const clock = document.querySelector("#clock");
const ahead = Number(clock.dataset.now) - Date.now();
const colon = clock.textContent.replace(/\d/g, "") || ":";
const told = new Intl.DateTimeFormat("nl-BE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Brussels" });
setInterval(() => {
  clock.textContent = told.format(Date.now() + ahead).replace(":", colon);
}, 1000);
