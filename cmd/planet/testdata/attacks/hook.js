// Runs before anything of a page does: notes what only an attack would do.
window.noted = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'fetch']) {
  window[name] = (...args) => { window.noted.push(`${name}(${args}) was called`); };
}
document.addEventListener('securitypolicyviolation', (event) => {
  window.noted.push(`the policy stopped ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
