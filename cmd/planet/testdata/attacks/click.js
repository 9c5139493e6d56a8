// Judges every link, and clicks all that can be clicked; what would lead away is held back when all handlers have seen it.
(async () => {
  const wrong = [];
  addEventListener('click', (event) => {
    const link = event.target.closest('a, area');
    const to = link && (link.href && link.href.baseVal || link.href);
    if (/^(https?|mailto):/.test(to || '')) event.preventDefault();
  });
  addEventListener('submit', (event) => event.preventDefault());
  for (const form of document.forms) {
    if (new URL(form.getAttribute('action') || '', location.href).origin !== location.origin) wrong.push(`a form leads to ${form.getAttribute('action')}`);
  }
  for (const link of document.querySelectorAll('a, area')) {
    const to = link.href && link.href.baseVal || link.href || '';
    if (to && !/^(https?:\/\/|mailto:)/.test(to)) wrong.push(`a link leads to ${to}`);
    if (URL.canParse(to) && new URL(to).username) wrong.push(`a link holds a password: ${to}`);
    if (link.target && link.target !== '_self') wrong.push(`a link opens ${link.target}`);
  }
  for (const element of [...document.querySelectorAll('body *, svg *')]) {
    if (element.isConnected) element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    if (element.isConnected && element.click && element.matches('a, area, button, input, summary, label')) element.click();
  }
  await new Promise((done) => setTimeout(done, 60)); // for what an attack may have put off
  return [...wrong, ...window.noted.splice(0)];
})()
